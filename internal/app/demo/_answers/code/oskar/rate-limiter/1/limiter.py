from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds."""

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.seen: dict[str, list[float]] = {}

    def allow(self, key: str) -> bool:
        """Says whether an event for `key` may happen now."""
        now = self.clock()
        self.seen[key].append(now)
        return len(self.seen[key]) <= self.limit

    def remembered(self) -> int:
        """How many keys are remembered."""
        return len(self.seen)

from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds."""

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock

    def allow(self, key: str) -> bool:
        """Says whether an event for `key` may happen now."""
        raise NotImplementedError

    def remembered(self) -> int:
        """How many keys are remembered."""
        raise NotImplementedError

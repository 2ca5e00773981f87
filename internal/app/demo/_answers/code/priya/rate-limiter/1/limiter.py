from collections import defaultdict, deque
from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds."""

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.times = defaultdict(deque)

    def allow(self, key: str) -> bool:
        """Says whether an event for `key` may happen now."""
        now = self.clock()
        times = self.times[key]
        while times and now - times[0] >= self.window:
            times.popleft()
        if len(times) >= self.limit:
            return False
        times.append(now)
        return True

    def remembered(self) -> int:
        """How many keys are remembered."""
        return len(self.times)  # first version: nothing is forgotten yet

from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds."""

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.data = {}

    def allow(self, key: str) -> bool:
        """Says whether an event for `key` may happen now."""
        now = self.clock()
        if key not in self.data:
            self.data[key] = []
        data = self.data[key]
        # remove old entries
        while len(data) > 0:
            if now - data[0] >= self.window:
                data.pop(0)
            else:
                break
        if len(data) < self.limit:
            data.append(now)
            return True
        return False

    def remembered(self) -> int:
        """How many keys are remembered."""
        # Rule 5 is missing, I had to stop here. I would delete keys whose list is empty.
        raise NotImplementedError

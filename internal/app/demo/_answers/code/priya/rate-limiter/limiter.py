from collections import deque
from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds.

    Two views of the same events: per key, to count; and all of them in the order they happened, to forget. Every counted
    event leaves each of the two once, so a call of `allow` costs the same however many keys are remembered.
    """

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self._counted: dict[str, int] = {}
        self._history: deque[tuple[float, str]] = deque()

    def allow(self, key: str) -> bool:
        """Says whether an event for `key` may happen now."""
        now = self.clock()
        self._forget_until(now - self.window)
        if self._counted.get(key, 0) >= self.limit:
            return False
        self._counted[key] = self._counted.get(key, 0) + 1
        self._history.append((now, key))
        return True

    def remembered(self) -> int:
        """How many keys are remembered."""
        return len(self._counted)

    def _forget_until(self, end: float) -> None:
        """Drops events at or before `end`: one that is exactly a window old does not count any more."""
        while self._history and self._history[0][0] <= end:
            _, key = self._history.popleft()
            self._counted[key] -= 1
            if self._counted[key] == 0:
                del self._counted[key]


# Used: the documentation of collections.deque, no AI. Not done: a clock that goes backwards (we would forget too late, never too early).

from collections import OrderedDict, deque
from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds.

    Keys stand in the order of their last counted event, so that the silent ones are always in front and
    forgetting them costs nothing while there are none.
    """

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.events: OrderedDict[str, deque[float]] = OrderedDict()

    def allow(self, key: str) -> bool:
        now = self.clock()
        self._forget(now)
        times = self.events.get(key, deque())
        while times and now - times[0] >= self.window:
            times.popleft()
        if len(times) >= self.limit:
            return False
        times.append(now)
        self.events[key] = times
        self.events.move_to_end(key)
        return True

    def remembered(self) -> int:
        return len(self.events)

    def _forget(self, now: float) -> None:
        while self.events:
            key, times = next(iter(self.events.items()))
            if now - times[-1] < self.window:
                return
            del self.events[key]

# Yusuf Demir
from typing import Callable


class Limiter:
    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.start = {}
        self.count = {}

    def allow(self, key: str) -> bool:
        t = self.clock()
        # if the window is over start a new one
        if key not in self.start or t - self.start[key] >= self.window:
            self.start[key] = t
            self.count[key] = 0
        # check the count
        if self.count[key] < self.limit:
            self.count[key] += 1
            return True
        else:
            return False

    def remembered(self) -> int:
        t = self.clock()
        # remove the old ones
        for k in list(self.start):
            if t - self.start[k] >= self.window:
                del self.start[k]
                del self.count[k]
        return len(self.start)

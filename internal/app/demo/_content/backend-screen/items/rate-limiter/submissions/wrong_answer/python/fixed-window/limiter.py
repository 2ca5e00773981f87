class Limiter:
    """Counts per fixed window: twice the limit gets through around the turn of a window."""

    def __init__(self, limit, window, clock):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.turn = None
        self.counts = {}

    def allow(self, key):
        turn = self.clock() // self.window
        if turn != self.turn:
            self.turn, self.counts = turn, {}
        if self.counts.get(key, 0) >= self.limit:
            return False
        self.counts[key] = self.counts.get(key, 0) + 1
        return True

    def remembered(self):
        return len(self.counts)

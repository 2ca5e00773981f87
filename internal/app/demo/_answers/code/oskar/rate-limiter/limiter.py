from typing import Callable


class Limiter:
    """Allows at most `limit` events per key in any sliding window of `window` seconds."""

    def __init__(self, limit: int, window: float, clock: Callable[[], float]):
        self.limit = limit
        self.window = window
        self.clock = clock
        self.seen: dict[str, list[float]] = {}
        self.cleaned = clock()

    def allow(self, key: str) -> bool:
        """Says whether an event for `key` may happen now."""
        now = self.clock()
        if now - self.cleaned >= self.window:
            self._clean(now)
        times = [t for t in self.seen.get(key, []) if now - t < self.window]
        times.append(now)
        self.seen[key] = times
        return len(times) <= self.limit

    def remembered(self) -> int:
        """How many keys are remembered."""
        return len(self.seen)

    def _clean(self, now: float) -> None:
        # All keys at once, but only once per window: on average that is one look per call.
        self.seen = {k: times for k, times in self.seen.items() if now - times[-1] < self.window}
        self.cleaned = now

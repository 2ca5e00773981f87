"""One boat on its way, from call to call."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Call:
    harbour: str
    at: int  # minute of the service day


@dataclass(frozen=True)
class Sailing:
    code: str
    sorts: frozenset  # of days.SORTS
    calls: tuple  # of Call, two or more, in order

    @property
    def end(self):
        return self.calls[-1].harbour

    def leaves(self, harbour):
        """The minute at which it leaves a harbour, None where it ends or never calls."""
        for call in self.calls[:-1]:
            if call.harbour == harbour:
                return call.at
        return None

    def reaches(self, harbour):
        """The minute at which it arrives, None where it begins or never calls."""
        for call in self.calls[1:]:
            if call.harbour == harbour:
                return call.at
        return None

"""What leaves a harbour next."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Departure:
    code: str
    to: str
    planned: int  # minute of the board's date
    late: int = 0  # minutes
    cancelled: bool = False

    @property
    def leaves(self):
        return self.planned + self.late


def departures(season, harbour, day, now, count=5):
    """The next departures of a harbour from a minute of a date on, in their order. KeyError where there is no such harbour."""
    season.harbours.change(harbour)
    found = []
    for s in season.on(day):
        at = s.leaves(harbour)
        if at is not None and at >= now:
            found.append(Departure(s.code, s.end, at))
    found.sort(key=lambda d: (d.planned, d.code))
    return found[:count]

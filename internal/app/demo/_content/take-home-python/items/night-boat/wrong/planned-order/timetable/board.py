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
    """The next departures of a harbour from a minute of a date on, in the order in which boats really leave. KeyError where there is no such harbour."""
    season.harbours.change(harbour)
    found = []
    for t in season.trips(day):
        at = t.sailing.leaves(harbour)
        if at is None:
            continue
        d = Departure(t.sailing.code, t.sailing.end, at + t.shift, t.late, t.cancelled)
        if d.leaves >= now:
            found.append(d)
    found.sort(key=lambda d: (d.planned, d.code))
    return found[:count]

"""How to get from one harbour to another."""

from dataclasses import dataclass


class NoBoat(Exception):
    """One cannot get there any more on that day."""


@dataclass(frozen=True)
class Leg:
    code: str
    start: str
    leaves: int  # minute of the date that was asked for
    end: str
    arrives: int


def journey(season, start, end, day, now):
    """The legs from one harbour to another, from a minute of a date on; none where one is there. KeyError for an unknown harbour, NoBoat."""
    season.harbours.change(start)
    wait = season.harbours.change
    wait(end)
    if start == end:
        return []
    legs = [leg for t in season.trips(day) if not t.cancelled for leg in _legs(t)]
    legs.sort(key=lambda leg: leg.leaves)
    for first in legs:
        if first.start != start or first.leaves < now:
            continue
        if first.end == end:
            return [first]
        for second in legs:
            if second.start == first.end and second.end == end and second.leaves >= first.arrives + wait(first.end):
                return [first, second]
    raise NoBoat(f"no boat goes from {start} to {end} any more")


def _legs(t):
    hops = t.hops()
    return [Leg(t.sailing.code, a[0], a[1], b[2], b[3]) for i, a in enumerate(hops) for b in hops[i:]]

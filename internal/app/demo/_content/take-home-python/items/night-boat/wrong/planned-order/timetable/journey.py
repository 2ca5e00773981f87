"""How to get from one harbour to another."""

from dataclasses import dataclass

NEVER = float("inf")


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
    """The legs by which one arrives first, from a minute of a date on; none where one is there. KeyError for an unknown harbour, NoBoat.

    It is a scan of all hops in the order in which they leave (the connection scan algorithm): whoever can be aboard at a hop's beginning is at
    its end when it arrives.
    """
    season.harbours.change(start)
    season.harbours.change(end)
    if start == end:
        return []
    hops = [(leaves, t, a, b, arrives) for t in season.trips(day) if not t.cancelled for a, leaves, b, arrives in t.hops()]
    ready = {start: now}  # from when one can go aboard
    first = {start: now}  # when one is there
    aboard = {}  # trip -> where and when one went aboard
    by = {}  # harbour -> leg by which one is there first
    for leaves, t, a, b, arrives in sorted(hops, key=lambda h: h[0]):
        if t not in aboard and leaves >= ready.get(a, NEVER):
            aboard[t] = (a, leaves)
        if t in aboard and arrives < first.get(b, NEVER):
            first[b], ready[b] = arrives, arrives + season.harbours.change(b)
            by[b] = Leg(t.sailing.code, *aboard[t], b, arrives)
    if end not in by:
        raise NoBoat(f"no boat goes from {start} to {end} any more")
    legs = [by[end]]
    while legs[0].start != start:
        legs.insert(0, by[legs[0].start])
    return legs

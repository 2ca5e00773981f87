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
    season.harbours.change(end)
    if start == end:
        return []
    boats = sorted((s for s in season.on(day) if s.leaves(start) is not None and s.leaves(start) >= now), key=lambda s: s.leaves(start))
    for first in boats:
        if _direct(first, start, end):
            return [_leg(first, start, end)]
        for call in first.calls:
            if not _direct(first, start, call.harbour):
                continue
            for second in season.on(day):
                if _direct(second, call.harbour, end) and second.leaves(call.harbour) >= call.at:
                    return [_leg(first, start, call.harbour), _leg(second, call.harbour, end)]
    raise NoBoat(f"no boat goes from {start} to {end} any more")


def _direct(s, start, end):
    return s.leaves(start) is not None and s.reaches(end) is not None and s.leaves(start) < s.reaches(end)


def _leg(s, start, end):
    return Leg(s.code, start, s.leaves(start), end, s.reaches(end))

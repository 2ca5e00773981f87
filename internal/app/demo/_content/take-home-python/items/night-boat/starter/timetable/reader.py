"""Reads the file of the timetable (docs/files.md)."""

from timetable import clock, days
from timetable.harbours import Harbours
from timetable.sailing import Call, Sailing


def read(lines):
    """Harbours and the list of sailings. ValueError says the line that is wrong."""
    harbours, sailings = Harbours(), []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            if words[0] == "harbour" and len(words) == 3:
                harbours.add(words[1], int(words[2]))
            elif words[0] == "boat":
                sailings.append(_boat(words[1:], harbours))
            else:
                raise ValueError("a line is a harbour or a boat")
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    codes = [s.code for s in sailings]
    twice = sorted({c for c in codes if codes.count(c) > 1})
    if twice:
        raise ValueError(f"there are two boats {twice[0]}")
    return harbours, sailings


def _boat(words, harbours):
    if len(words) < 6 or len(words) % 2:
        raise ValueError("a boat has a code, its days and two calls or more")
    sorts = frozenset(words[1].split(","))
    if not sorts <= set(days.SORTS):
        raise ValueError(f"days are {', '.join(days.SORTS)}")
    calls = tuple(Call(h, clock.parse(t)) for h, t in zip(words[2::2], words[3::2]))
    for before, after in zip(calls, calls[1:]):
        if after.at <= before.at:
            raise ValueError(f"it is in {after.harbour} before it left {before.harbour}")
    for call in calls:
        if call.harbour not in harbours:
            raise ValueError(f"there is no harbour {call.harbour}")
    if len({c.harbour for c in calls}) < len(calls):
        raise ValueError("it calls somewhere twice")
    return Sailing(words[0], sorts, calls)

"""Reads the file that offices write during the day (docs/files.md)."""

from timetable import days


class Delays:
    """How late boats are, by service day and code."""

    def __init__(self):
        self._late = {}

    def add(self, day, code, minutes):
        self._late[day, code] = minutes

    def late(self, day, code):
        """Minutes; 0 where nobody wrote anything."""
        return self._late.get((day, code), 0)


def read(lines):
    """All lines about delays; the last one about a boat counts."""
    out = Delays()
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[2].isdigit():
            out.add(days.parse(words[0]), words[1], int(words[2]))
    return out

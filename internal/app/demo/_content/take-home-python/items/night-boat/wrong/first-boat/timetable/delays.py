"""Reads the file that offices write during the day (docs/files.md)."""

from timetable import days

CANCELLED = "cancelled"


class Delays:
    """How late boats are, by service day and code."""

    def __init__(self):
        self._late = {}

    def add(self, day, code, minutes):
        """minutes is a number, or CANCELLED; it takes the place of what was known before."""
        self._late[day, code] = minutes

    def late(self, day, code):
        """Minutes; 0 where nobody wrote anything, and for what is cancelled."""
        known = self._late.get((day, code), 0)
        return 0 if known == CANCELLED else known

    def cancelled(self, day, code):
        return self._late.get((day, code)) == CANCELLED


def read(lines):
    """All lines about delays; the last one about a boat counts."""
    out = Delays()
    for line in lines:
        words = line.split()
        if len(words) == 3 and (words[2].isdigit() or words[2] == CANCELLED):
            out.add(days.parse(words[0]), words[1], CANCELLED if words[2] == CANCELLED else int(words[2]))
    return out

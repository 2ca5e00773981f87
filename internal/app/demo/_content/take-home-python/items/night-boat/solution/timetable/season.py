"""A timetable with its holidays and delays."""

from dataclasses import dataclass
from pathlib import Path

from timetable import clock, days, delays, holidays, reader
from timetable.sailing import Sailing


@dataclass(frozen=True)
class Trip:
    """A sailing of one service day as it really goes, in minutes of the date that is looked at."""

    sailing: Sailing
    shift: int  # of its service day against that date
    late: int
    cancelled: bool

    def hops(self):
        """From call to call: (harbour, leaves, next harbour, arrives)."""
        by = self.shift + self.late
        calls = self.sailing.calls
        return [(a.harbour, a.at + by, b.harbour, b.at + by) for a, b in zip(calls, calls[1:])]


class Season:
    def __init__(self, harbours, sailings, free=(), late=None):
        self.harbours = harbours
        self.sailings = sailings
        self.holidays = frozenset(free)
        self.delays = late or delays.Delays()

    def on(self, day):
        """The sailings of a service day, in the order of the file."""
        sort = days.sort(day, self.holidays)
        return [s for s in self.sailings if sort in s.sorts]

    def trips(self, day):
        """Whatever may leave on a date: the boats of the service day before it, and its own (rule 1)."""
        return [
            Trip(s, shift, self.delays.late(service, s.code), self.delays.cancelled(service, s.code))
            for service, shift in ((day - days.ONE, -clock.DAY), (day, 0))
            for s in self.on(service)
        ]


def load(folder):
    """The season whose files are in a folder. ValueError, OSError."""

    def lines(name):
        return (Path(folder) / name).read_text(encoding="utf-8").splitlines()

    harbours, sailings = reader.read(lines("timetable.txt"))
    return Season(harbours, sailings, holidays.read(lines("holidays.txt")), delays.read(lines("delays.txt")))

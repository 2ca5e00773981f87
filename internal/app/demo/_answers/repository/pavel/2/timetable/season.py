"""A timetable with its holidays and delays."""

from pathlib import Path

from timetable import clock, days, delays, holidays, reader


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

    def around(self, day):
        """What may leave on a date, with the minutes to add to its times: the service day before it, and its own (rule 1)."""
        for s in self.on(day - days.ONE):
            yield s, -clock.DAY
        for s in self.on(day):
            yield s, 0


def load(folder):
    """The season whose files are in a folder. ValueError, OSError."""

    def lines(name):
        return (Path(folder) / name).read_text(encoding="utf-8").splitlines()

    harbours, sailings = reader.read(lines("timetable.txt"))
    return Season(harbours, sailings, holidays.read(lines("holidays.txt")), delays.read(lines("delays.txt")))

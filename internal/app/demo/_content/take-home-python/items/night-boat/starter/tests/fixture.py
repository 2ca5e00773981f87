"""A small season for tests."""

from timetable import reader
from timetable.season import Season

LINES = """
harbour Aker 4
harbour Holm 6
harbour Vik 3
boat R1 weekday Aker 08:30 Holm 08:55
boat R3 weekday Aker 09:00 Holm 09:25
boat V2 weekday Holm 09:40 Vik 10:03
""".splitlines()


def season(*more, free=(), late=None):
    return Season(*reader.read([*LINES, *more]), free, late)

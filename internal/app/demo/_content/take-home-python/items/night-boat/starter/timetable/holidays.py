"""Reads the file of holidays (docs/files.md)."""

from timetable import days


def read(lines):
    """The set of dates that are holidays."""
    found = set()
    for line in lines:
        try:
            found.add(days.parse(line.strip()))
        except ValueError:
            continue  # a blank line
    return found

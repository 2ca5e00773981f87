"""Reads the file of holidays (docs/files.md)."""

from timetable import days


def read(lines):
    """The set of dates that are holidays; what is celebrated is not kept. ValueError says the line that begins with no date."""
    found = set()
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            found.add(days.parse(words[0]))
        except ValueError as error:
            raise ValueError(f"holidays, line {number}: {error}") from error
    return found

"""Reads the file of holidays (docs/files.md)."""

from timetable import days


def read(lines):
    """The set of dates that are holidays. ValueError where a line begins with anything else."""
    words = [line.split() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return {days.parse(first) for first, *_ in words}

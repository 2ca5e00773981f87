"""What sort of service day a date is."""

from datetime import date, timedelta

SORTS = ("weekday", "saturday", "sunday")
ONE = timedelta(days=1)


def parse(text):
    """A date such as 2026-05-15. ValueError for anything else."""
    return date.fromisoformat(text)


def sort(day, holidays):
    """One of SORTS. holidays is a set of dates."""
    if day in holidays or day.weekday() == 6:
        return "sunday"
    return "saturday" if day.weekday() == 5 else "weekday"

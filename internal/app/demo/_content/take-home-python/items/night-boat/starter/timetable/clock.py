"""Times of a service day: whole minutes since the midnight on which it began. 24:40 is 1480, and reads 00:40 on the wall."""

DAY = 24 * 60


def parse(text):
    """Minutes of "HH:MM", hours from 0 to 29. ValueError for anything else."""
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and hours.isdigit() and minutes.isdigit()):
        raise ValueError(f"{text!r} is not a time such as 08:30")
    if int(hours) > 29 or int(minutes) > 59:
        raise ValueError(f"there is no time {text}")
    return int(hours) * 60 + int(minutes)


def show(minute):
    """What the clock on the wall says then."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"

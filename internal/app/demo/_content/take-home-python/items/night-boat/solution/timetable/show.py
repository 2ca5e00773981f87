"""Boards and journeys as text."""

from timetable import clock


def board(departures):
    """A line for each departure: "08:30 R1 Holm", and behind it "late 20" or "cancelled"."""
    return [f"{clock.show(d.leaves)} {d.code} {d.to}{_remark(d)}" for d in departures]


def _remark(d):
    if d.cancelled:
        return " cancelled"
    return f" late {d.late}" if d.late else ""


def journey(legs):
    """A line for each leg: "R1 Aker 08:30 Holm 08:55"."""
    return [f"{leg.code} {leg.start} {clock.show(leg.leaves)} {leg.end} {clock.show(leg.arrives)}" for leg in legs]

import unittest
from datetime import date

from tests import fixture
from timetable import clock, journey, show

FRIDAY = date(2026, 5, 15)


class Change(unittest.TestCase):
    def test_six_minutes_at_holm(self):
        season = fixture.season("boat V1 weekday Holm 09:27 Vik 09:50")
        got = journey.journey(season, "Aker", "Vik", FRIDAY, clock.parse("09:00"))
        self.assertEqual(show.journey(got), ["R3 Aker 09:00 Holm 09:25", "V2 Holm 09:40 Vik 10:03"])

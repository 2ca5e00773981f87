import unittest
from datetime import date

from tests import fixture
from timetable import clock, journey, show

FRIDAY = date(2026, 5, 15)


class Journey(unittest.TestCase):
    def test_direct(self):
        got = journey.journey(fixture.season(), "Aker", "Holm", FRIDAY, clock.parse("08:00"))
        self.assertEqual(show.journey(got), ["R1 Aker 08:30 Holm 08:55"])

    def test_with_a_change(self):
        got = journey.journey(fixture.season(), "Aker", "Vik", FRIDAY, clock.parse("08:40"))
        self.assertEqual(show.journey(got), ["R3 Aker 09:00 Holm 09:25", "V2 Holm 09:40 Vik 10:03"])

    def test_one_is_there(self):
        self.assertEqual(journey.journey(fixture.season(), "Vik", "Vik", FRIDAY, 0), [])

    def test_too_late(self):
        with self.assertRaises(journey.NoBoat):
            journey.journey(fixture.season(), "Aker", "Vik", FRIDAY, clock.parse("09:01"))

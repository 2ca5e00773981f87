import unittest
from datetime import date

from tests import fixture
from timetable import board, clock, show

SATURDAY = date(2026, 5, 16)


class Night(unittest.TestCase):
    def at(self, time):
        season = fixture.season("boat N9 weekday Aker 24:40 Holm 25:05")
        return show.board(board.departures(season, "Aker", SATURDAY, clock.parse(time)))

    def test_half_past_midnight(self):
        self.assertEqual(self.at("00:30"), ["00:40 N9 Holm"])

    def test_in_its_minute_and_after(self):
        self.assertEqual(self.at("00:40"), ["00:40 N9 Holm"])
        self.assertEqual(self.at("00:41"), [])

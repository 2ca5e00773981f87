import unittest
from datetime import date

from tests import fixture
from timetable import board, clock, show

FRIDAY = date(2026, 5, 15)


class Board(unittest.TestCase):
    def test_what_leaves_next(self):
        got = board.departures(fixture.season(), "Aker", FRIDAY, clock.parse("08:31"))
        self.assertEqual(show.board(got), ["09:00 R3 Holm"])

    def test_in_the_minute_in_which_it_leaves_it_is_there(self):
        got = board.departures(fixture.season(), "Aker", FRIDAY, clock.parse("08:30"), count=1)
        self.assertEqual(show.board(got), ["08:30 R1 Holm"])

    def test_no_such_harbour(self):
        with self.assertRaises(KeyError):
            board.departures(fixture.season(), "Atlantis", FRIDAY, 0)

import unittest
from datetime import date

from timetable import board, clock, holidays, reader, show
from timetable.season import Season

FILE = ["# Kept by the office.", "", "2026-05-25 Whit Monday", "  2026-12-25   Christmas Day", "2026-06-06"]


class Holidays(unittest.TestCase):
    def test_names_remarks_and_blank_lines(self):
        self.assertEqual(set(holidays.read(FILE)), {date(2026, 5, 25), date(2026, 12, 25), date(2026, 6, 6)})

    def test_a_holiday_runs_as_a_sunday(self):
        lines = ["harbour A 1", "harbour B 1", "boat W weekday A 08:00 B 09:00", "boat S sunday A 10:00 B 11:00"]
        season = Season(*reader.read(lines), holidays.read(FILE))
        got = [show.board(board.departures(season, "A", date(2026, 5, d), clock.parse("07:00"))) for d in (24, 25, 26)]
        self.assertEqual(got, [["10:00 S B"], ["10:00 S B"], ["08:00 W B"]])

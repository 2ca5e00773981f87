import unittest
from datetime import date

from timetable import holidays

WHIT_MONDAY = date(2026, 5, 25)


class Holidays(unittest.TestCase):
    def test_a_name_behind_the_date(self):
        self.assertEqual(holidays.read(["2026-05-25 Whit Monday"]), {WHIT_MONDAY})

    def test_remarks_and_blank_lines(self):
        self.assertEqual(holidays.read(["# from the office", "", "   ", "2026-05-25"]), {WHIT_MONDAY})

    def test_no_holiday_is_lost_in_silence(self):
        with self.assertRaises(ValueError):
            holidays.read(["25 May 2026"])

import unittest
from datetime import date

from timetable import days


class Days(unittest.TestCase):
    def test_sorts(self):
        for day, want in (("2026-05-15", "weekday"), ("2026-05-16", "saturday"), ("2026-05-17", "sunday")):
            self.assertEqual(days.sort(days.parse(day), set()), want)

    def test_a_holiday_is_a_sunday(self):
        self.assertEqual(days.sort(date(2026, 5, 25), {date(2026, 5, 25)}), "sunday")

import unittest
from datetime import date

from timetable import delays


class Delays(unittest.TestCase):
    def test_the_last_line_counts(self):
        d = delays.read(["2026-03-14 S4 20", "2026-03-14 S4 25"])
        self.assertEqual(d.late(date(2026, 3, 14), "S4"), 25)
        self.assertEqual(d.late(date(2026, 3, 15), "S4"), 0)

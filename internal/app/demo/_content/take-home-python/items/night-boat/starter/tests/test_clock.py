import unittest

from timetable import clock


class Clock(unittest.TestCase):
    def test_times_go_on_after_midnight(self):
        self.assertEqual(clock.parse("24:40"), 1480)
        self.assertEqual(clock.show(1480), "00:40")

    def test_what_is_no_time(self):
        for text in ("8:30", "08:60", "30:00", "0830", "ab:cd"):
            with self.subTest(text), self.assertRaises(ValueError):
                clock.parse(text)

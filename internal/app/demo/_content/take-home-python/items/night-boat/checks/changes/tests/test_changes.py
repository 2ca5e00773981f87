import unittest
from datetime import date

from timetable import clock, journey, reader, show
from timetable.season import Season

LINES = """
harbour A 4
harbour B 6
harbour C 3
harbour D 2
harbour E 5
boat R3 weekday A 09:00 B 09:25
boat V1 weekday B 09:27 C 09:50
boat V2 weekday B 09:40 C 10:03
boat L1 weekday A 10:00 B 10:40 D 11:20 C 11:55
boat X1 weekday A 10:15 C 10:50
boat W1 weekday B 10:46 D 10:58
boat D1 weekday D 11:00 E 11:30
boat D2 weekday D 13:00 E 13:30
boat E1 weekday E 11:34 A 12:30
boat E2 weekday E 11:35 A 12:40
""".splitlines()

FRIDAY = date(2026, 5, 15)


class Changes(unittest.TestCase):
    def go(self, start, end, time):
        legs = journey.journey(Season(*reader.read(LINES)), start, end, FRIDAY, clock.parse(time))
        return show.journey(legs)

    def test_a_change_takes_its_minutes(self):
        self.assertEqual(self.go("A", "C", "09:00"), ["R3 A 09:00 B 09:25", "V2 B 09:40 C 10:03"])

    def test_exactly_so_many_are_enough(self):
        self.assertEqual(self.go("A", "D", "09:45"), ["L1 A 10:00 B 10:40", "W1 B 10:46 D 10:58"])

    def test_who_starts_needs_none(self):
        self.assertEqual(self.go("B", "C", "09:27"), ["V1 B 09:27 C 09:50"])

    def test_who_arrives_first_wins_over_who_leaves_first(self):
        self.assertEqual(self.go("A", "C", "09:59"), ["X1 A 10:15 C 10:50"])

    def test_three_boats(self):
        self.assertEqual(self.go("A", "E", "09:30"), ["L1 A 10:00 B 10:40", "W1 B 10:46 D 10:58", "D1 D 11:00 E 11:30"])

    def test_four_boats_and_a_minute_too_few(self):
        self.assertEqual(self.go("B", "A", "10:46"), ["W1 B 10:46 D 10:58", "D1 D 11:00 E 11:30", "E2 E 11:35 A 12:40"])

    def test_no_way(self):
        with self.assertRaises(journey.NoBoat):
            self.go("C", "A", "09:00")

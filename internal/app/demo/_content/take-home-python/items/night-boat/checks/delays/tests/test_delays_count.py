import unittest
from datetime import date

from timetable import board, clock, delays, journey, reader, show
from timetable.season import Season

LINES = """
harbour Aker 4
harbour Holm 6
harbour Sund 5
harbour Vik 3
boat S4 saturday Aker 08:12 Sund 08:40
boat R1 saturday Aker 08:30 Holm 08:55
boat V7 saturday Aker 08:45 Vik 10:20
boat V2 saturday Holm 09:10 Vik 09:30
boat V3 saturday Holm 09:40 Vik 10:00
""".splitlines()

SATURDAY = date(2026, 3, 14)


class Delays(unittest.TestCase):
    def season(self, *late):
        return Season(*reader.read(LINES), (), delays.read([f"2026-03-14 {x}" for x in late]))

    def board(self, season, time):
        return show.board(board.departures(season, "Aker", SATURDAY, clock.parse(time)))

    def go(self, season, time="08:20"):
        return show.journey(journey.journey(season, "Aker", "Vik", SATURDAY, clock.parse(time)))

    def test_the_order_is_that_of_leaving(self):
        self.assertEqual(self.board(self.season("S4 20", "V7 cancelled"), "08:10"), ["08:30 R1 Holm", "08:32 S4 Sund late 20", "08:45 V7 Vik cancelled"])

    def test_it_stays_until_it_has_gone(self):
        self.assertEqual(self.board(self.season("S4 20"), "08:32"), ["08:32 S4 Sund late 20", "08:45 V7 Vik"])

    def test_a_cancelled_one_stays_until_its_planned_time(self):
        self.assertEqual(self.board(self.season("V7 cancelled"), "08:45"), ["08:45 V7 Vik cancelled"])
        self.assertEqual(self.board(self.season("V7 cancelled"), "08:46"), [])

    def test_the_last_line_counts(self):
        self.assertEqual(self.board(self.season("V7 cancelled", "V7 5"), "08:46"), ["08:50 V7 Vik late 5"])

    def test_of_another_day_nothing_counts(self):
        season = Season(*reader.read(LINES), (), delays.read(["2026-03-21 R1 30"]))
        self.assertEqual(self.board(season, "08:20"), ["08:30 R1 Holm", "08:45 V7 Vik"])

    def test_a_change_that_a_delay_makes_impossible(self):
        self.assertEqual(self.go(self.season()), ["R1 Aker 08:30 Holm 08:55", "V2 Holm 09:10 Vik 09:30"])
        self.assertEqual(self.go(self.season("R1 10")), ["R1 Aker 08:40 Holm 09:05", "V3 Holm 09:40 Vik 10:00"])

    def test_a_delay_that_makes_one_possible(self):
        self.assertEqual(self.go(self.season("R1 10", "V2 1")), ["R1 Aker 08:40 Holm 09:05", "V2 Holm 09:11 Vik 09:31"])

    def test_a_cancelled_boat_is_in_no_journey(self):
        self.assertEqual(self.go(self.season("R1 cancelled")), ["V7 Aker 08:45 Vik 10:20"])

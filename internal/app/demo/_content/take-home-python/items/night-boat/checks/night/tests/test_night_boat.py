import unittest
from datetime import date

from timetable import board, clock, journey, reader, show
from timetable.season import Season

LINES = """
harbour Sund 5
harbour Aker 4
harbour Vik 3
boat R2 saturday,sunday Sund 07:10 Aker 07:38
boat N9 weekday Sund 24:40 Aker 25:08
boat N2 weekday Aker 25:15 Vik 25:50
boat M1 saturday Sund 00:35 Aker 01:05
""".splitlines()

SATURDAY, SUNDAY, FRIDAY = date(2026, 5, 16), date(2026, 5, 17), date(2026, 5, 15)


class NightBoat(unittest.TestCase):
    def setUp(self):
        self.season = Season(*reader.read(LINES))

    def board(self, day, time, harbour="Sund"):
        return show.board(board.departures(self.season, harbour, day, clock.parse(time)))

    def test_after_midnight_the_boats_of_the_evening_are_there(self):
        self.assertEqual(self.board(SATURDAY, "00:30"), ["00:35 M1 Aker", "00:40 N9 Aker", "07:10 R2 Aker"])

    def test_what_has_left_is_gone(self):
        self.assertEqual(self.board(SATURDAY, "00:41"), ["07:10 R2 Aker"])

    def test_the_evening_before_shows_them_too(self):
        self.assertEqual(self.board(FRIDAY, "23:00"), ["00:40 N9 Aker"])

    def test_of_a_day_without_one_there_is_none(self):
        self.assertEqual(self.board(SUNDAY, "00:30"), ["07:10 R2 Aker"])

    def test_journeys_use_it(self):
        legs = journey.journey(self.season, "Sund", "Vik", SATURDAY, clock.parse("00:36"))
        self.assertEqual(show.journey(legs), ["N9 Sund 00:40 Aker 01:08", "N2 Aker 01:15 Vik 01:50"])

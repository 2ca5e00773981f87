import unittest

from timetable import reader


class Reader(unittest.TestCase):
    def test_a_file(self):
        harbours, sailings = reader.read(["# summer", "", "harbour A 4", "harbour B 2", "boat X weekday,sunday A 08:00 B 08:20"])
        self.assertEqual(list(harbours), ["A", "B"])
        self.assertEqual(harbours.change("A"), 4)
        self.assertEqual((sailings[0].code, sailings[0].end, sailings[0].leaves("A"), sailings[0].reaches("B")), ("X", "B", 480, 500))

    def test_what_is_wrong_is_told_with_its_line(self):
        for line in ("boat X weekday A 08:00", "boat X monday A 08:00 B 08:20", "boat X weekday A 08:00 C 08:20", "boat X weekday A 08:00 B 07:59",
                     "boat X weekday A 08:00 B 08:10 A 08:20", "ship X", "harbour A 4"):
            with self.subTest(line), self.assertRaisesRegex(ValueError, "^line 3: "):
                reader.read(["harbour A 4", "harbour B 2", line])

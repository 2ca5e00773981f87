import unittest

from timetable.harbours import Harbours


class HarboursTest(unittest.TestCase):
    def test_a_change_takes_what_the_harbour_says(self):
        hs = Harbours()
        hs.add("Holm", 6)
        self.assertEqual(hs.change("Holm"), 6)
        self.assertIn("Holm", hs)
        with self.assertRaises(KeyError):
            hs.change("Atlantis")
        with self.assertRaises(ValueError):
            hs.add("Holm", 5)

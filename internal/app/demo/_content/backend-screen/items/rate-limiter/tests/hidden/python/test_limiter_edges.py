import unittest

from limiter import Limiter


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


class EdgesTest(unittest.TestCase):
    def setUp(self):
        self.clock = Clock()
        self.limiter = Limiter(2, 10, self.clock)

    def at(self, seconds, key="mv-alma"):
        self.clock.seconds = seconds
        return self.limiter.allow(key)

    def test_the_window_slides(self):
        self.assertTrue(self.at(0))
        self.assertTrue(self.at(9))
        self.assertFalse(self.at(9.9))
        self.assertTrue(self.at(10))
        self.assertFalse(self.at(18.9))
        self.assertTrue(self.at(19))

    def test_refused_events_do_not_count(self):
        self.at(0)
        self.at(0)
        for second in range(1, 10):
            self.assertFalse(self.at(second))
        self.assertTrue(self.at(10))
        self.assertTrue(self.at(10))

    def test_events_of_one_instant_count_one_by_one(self):
        self.assertEqual([self.at(5) for _ in range(4)], [True, True, False, False])

    def test_silent_keys_are_forgotten(self):
        for i in range(10_000):
            self.at(0, f"ferry-{i}")
        self.assertEqual(self.limiter.remembered(), 10_000)
        self.at(10, "mv-alma")
        self.assertEqual(self.limiter.remembered(), 1)

    def test_busy_keys_are_kept(self):
        self.at(0, "a")
        self.at(6, "a")
        self.at(8, "b")
        self.at(12, "c")
        self.assertEqual(self.limiter.remembered(), 3)


if __name__ == "__main__":
    unittest.main()

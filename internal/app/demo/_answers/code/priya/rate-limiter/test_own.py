import unittest

from limiter import Limiter


class OwnTest(unittest.TestCase):
    def test_a_limit_of_nothing_lets_nobody_through_and_remembers_nobody(self):
        limiter = Limiter(0, 10, lambda: 0.0)
        self.assertFalse(limiter.allow("mv-alma"))
        self.assertEqual(limiter.remembered(), 0)

    def test_an_event_leaves_at_its_own_time(self):
        seconds = [0.0]
        limiter = Limiter(3, 10, lambda: seconds[0])
        for s in (0, 4, 8):
            seconds[0] = s
            self.assertTrue(limiter.allow("a"))
        seconds[0] = 10
        self.assertTrue(limiter.allow("a"))
        self.assertFalse(limiter.allow("a"))


if __name__ == "__main__":
    unittest.main()

import unittest

from limiter import Limiter


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


class LimiterTest(unittest.TestCase):
    def setUp(self):
        self.clock = Clock()
        self.limiter = Limiter(2, 10, self.clock)

    def test_allows_the_first_events(self):
        self.assertTrue(self.limiter.allow("mv-alma"))
        self.assertTrue(self.limiter.allow("mv-alma"))

    def test_refuses_the_one_beyond(self):
        self.limiter.allow("mv-alma")
        self.limiter.allow("mv-alma")
        self.assertFalse(self.limiter.allow("mv-alma"))

    def test_counts_keys_apart(self):
        self.limiter.allow("mv-alma")
        self.limiter.allow("mv-alma")
        self.assertTrue(self.limiter.allow("mv-brise"))

    def test_allows_again_after_a_full_window(self):
        self.limiter.allow("mv-alma")
        self.limiter.allow("mv-alma")
        self.clock.seconds = 10
        self.assertTrue(self.limiter.allow("mv-alma"))


if __name__ == "__main__":
    unittest.main()

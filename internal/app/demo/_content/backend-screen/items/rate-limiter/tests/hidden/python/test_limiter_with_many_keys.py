import unittest

from limiter import Limiter


class ManyKeysTest(unittest.TestCase):
    def test_stays_quick_with_many_keys(self):
        seconds = 0.0
        limiter = Limiter(2, 10, lambda: seconds)
        for i in range(50_000):
            seconds = i / 10_000
            limiter.allow(f"ferry-{i}")
        self.assertEqual(limiter.remembered(), 50_000)


if __name__ == "__main__":
    unittest.main()

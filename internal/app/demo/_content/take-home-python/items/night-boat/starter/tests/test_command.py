import io
import unittest
from pathlib import Path

from timetable import command

DATA = Path(__file__).parent.parent / "data"


class Command(unittest.TestCase):
    def do(self, *args):
        out = io.StringIO()
        code = command.main(args, out, DATA)
        return code, out.getvalue().splitlines()

    def test_board(self):
        self.assertEqual(self.do("board", "Vik", "2026-05-15", "10:55"), (0, ["11:00 O1 Odde"]))

    def test_no_boat(self):
        self.assertEqual(self.do("journey", "Odde", "Aker", "2026-05-15", "12:00"), (0, ["no boat goes there any more today"]))

    def test_what_is_wrong(self):
        self.assertEqual(self.do("board", "Atlantis", "2026-05-15", "10:55"), (1, ["there is no harbour Atlantis"]))
        self.assertEqual(self.do("fly")[0], 1)

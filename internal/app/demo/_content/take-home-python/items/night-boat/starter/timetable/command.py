"""The command line: board HARBOUR DATE TIME, journey FROM TO DATE TIME."""

from timetable import board, clock, days, journey, season, show


def main(args, out, folder="data"):
    """Does a command and gives its exit code."""
    try:
        lines = _run(args, season.load(folder))
    except KeyError as error:
        lines = [f"there is no harbour {error.args[0]}"]
    except journey.NoBoat:
        print("no boat goes there any more today", file=out)
        return 0
    except (ValueError, OSError) as error:
        lines = [str(error)]
    else:
        print(*lines, sep="\n", file=out)
        return 0
    print(*lines, sep="\n", file=out)
    return 1


def _run(args, s):
    name, *rest = args or [""]
    if name == "board" and len(rest) == 3:
        return show.board(board.departures(s, rest[0], days.parse(rest[1]), clock.parse(rest[2])))
    if name == "journey" and len(rest) == 4:
        return show.journey(journey.journey(s, rest[0], rest[1], days.parse(rest[2]), clock.parse(rest[3])))
    raise ValueError("write board HARBOUR DATE TIME or journey FROM TO DATE TIME")

"""python3 -m timetable"""

import sys

from timetable.command import main

sys.exit(main(sys.argv[1:], sys.stdout))

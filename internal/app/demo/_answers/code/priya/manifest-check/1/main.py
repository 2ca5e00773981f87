import sys
from collections import deque

GAP = 30


class Lane:
    def __init__(self, length):
        self.free = length
        self.cars = deque()


def main():
    first, *events = sys.stdin.read().splitlines()
    count, length = map(int, first.split())
    lanes = {n: Lane(length) for n in range(1, count + 1)}
    for number, event in enumerate(events, 1):
        what, lane, plate, *size = event.split()
        if int(lane) not in lanes:
            print(f"{number}: lane")


main()

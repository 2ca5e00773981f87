import sys
from collections import deque

GAP = 30


def main():
    lines = sys.stdin.read().splitlines()
    count, length = map(int, lines[0].split())
    lanes = [deque() for _ in range(count)]
    taken = [0] * count
    aboard = set()
    impossible = []

    def check(words):
        lane = int(words[1]) - 1
        if not 0 <= lane < count:
            return "lane"
        queue, plate = lanes[lane], words[2]
        if words[0] == "on":
            size = int(words[3])
            need = size + (GAP if queue else 0)
            if taken[lane] + need > length:
                return "room"
            if plate in aboard:
                return "twice"
            queue.append((plate, size))
            taken[lane] += need
            aboard.add(plate)
            return None
        if not queue or queue[0][0] != plate:
            return "order"
        _, size = queue.popleft()
        taken[lane] -= size + (GAP if queue else 0)
        aboard.remove(plate)
        return None

    for number, line in enumerate(lines[1:], 1):
        reason = check(line.split())
        if reason:
            impossible.append(f"{number}: {reason}")
    print("\n".join(impossible) or "ok")


main()

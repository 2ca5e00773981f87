"""Right, but adds up the whole lane at each event."""
import sys

GAP = 30


def main():
    head, *events = sys.stdin.read().splitlines()
    count, length = map(int, head.split())
    lanes = [[] for _ in range(count)]

    def check(what, lane, plate, size=""):
        at = int(lane) - 1
        if not 0 <= at < count:
            return "lane"
        cars = lanes[at]
        if what == "off":
            if not cars or cars[0][0] != plate:
                return "order"
            cars.pop(0)
            return None
        if sum(size + GAP for _, size in cars) + int(size) > length:
            return "room"
        if any(plate == p for cars in lanes for p, _ in cars):
            return "twice"
        cars.append((plate, int(size)))
        return None

    impossible = []
    for number, line in enumerate(events, 1):
        reason = check(*line.split())
        if reason:
            impossible.append(f"{number}: {reason}")
    print("\n".join(impossible) or "ok")


main()

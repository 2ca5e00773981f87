"""Says which events of a loading list were impossible. No AI used."""
import sys
from collections import deque

GAP = 30  # centimetres between two cars


class Lane:
    def __init__(self, length: int):
        self.length = length
        self.taken = 0  # cars and the gaps between them
        self.cars: deque[tuple[str, int]] = deque()

    def room_for(self, size: int) -> bool:
        return self.taken + self._with_gap(size) <= self.length

    def enter(self, plate: str, size: int) -> None:
        self.taken += self._with_gap(size)
        self.cars.append((plate, size))

    def first(self) -> str | None:
        return self.cars[0][0] if self.cars else None

    def leave(self) -> None:
        _, size = self.cars.popleft()
        self.taken -= self._with_gap(size)

    def _with_gap(self, size: int) -> int:
        """What a car takes beside those that are there (on leaving: those that stay)."""
        return size + GAP if self.cars else size


class Ferry:
    def __init__(self, count: int, length: int):
        self.lanes = [Lane(length) for _ in range(count)]
        self.aboard: set[str] = set()

    def why_not(self, what: str, lane: str, plate: str, size: str = "0") -> str | None:
        """The reason against an event; without one the event happens."""
        if not 1 <= int(lane) <= len(self.lanes):
            return "lane"
        there = self.lanes[int(lane) - 1]
        if what == "off":
            if there.first() != plate:
                return "order"
            there.leave()
            self.aboard.remove(plate)
            return None
        if not there.room_for(int(size)):
            return "room"
        if plate in self.aboard:
            return "twice"
        there.enter(plate, int(size))
        self.aboard.add(plate)
        return None


def main() -> None:
    head, *events = sys.stdin.read().splitlines()
    ferry = Ferry(*map(int, head.split()))
    reasons = ((n, ferry.why_not(*event.split())) for n, event in enumerate(events, 1))
    print("\n".join(f"{n}: {reason}" for n, reason in reasons if reason) or "ok")


main()

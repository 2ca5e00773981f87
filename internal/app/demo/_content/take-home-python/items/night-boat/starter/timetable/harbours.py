"""Harbours, and how long a change takes there."""


class Harbours:
    """All harbours by name."""

    def __init__(self):
        self._changes = {}

    def add(self, name, minutes):
        if name in self._changes:
            raise ValueError(f"there are two harbours {name}")
        if minutes < 0:
            raise ValueError("a change takes no time or more")
        self._changes[name] = minutes

    def __contains__(self, name):
        return name in self._changes

    def __iter__(self):
        return iter(sorted(self._changes))

    def change(self, name):
        """Minutes that who changes boats needs there. KeyError where there is no such harbour."""
        return self._changes[name]

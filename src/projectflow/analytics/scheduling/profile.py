"""How much of a resource is taken when: a step function that one asks for room."""

from bisect import bisect_left, bisect_right


class Profile:
    """One resource's use over time."""

    __slots__ = ("capacity", "levels", "times")

    def __init__(self, capacity: int) -> None:
        """Nothing is taken yet."""
        self.capacity = capacity
        self.times: list[int] = [-(1 << 60)]
        """Where the use changes; the first lies before all time."""
        self.levels: list[int] = [0]

    def take(self, start: int, finish: int, amount: int) -> None:
        """Take so much from one moment to another, also beyond what there is."""
        if start >= finish:
            return
        first = self._split(start)
        last = self._split(finish)
        for at in range(first, last):
            self.levels[at] += amount

    def _split(self, moment: int) -> int:
        at = bisect_left(self.times, moment)
        if at == len(self.times) or self.times[at] != moment:
            self.times.insert(at, moment)
            self.levels.insert(at, self.levels[at - 1])
        return at

    def taken_until(self, start: int, finish: int, amount: int) -> int | None:
        """None if there is room from one moment to another, else when the last lack of it ends."""
        most = self.capacity - amount
        times, levels = self.times, self.levels
        at = bisect_left(times, finish) - 1
        while at >= 0:
            if levels[at] > most:
                return times[at + 1]
            if times[at] <= start:
                return None
            at -= 1
        return None

    def taken_from(self, start: int, finish: int, amount: int) -> int | None:
        """None if there is room from one moment to another, else when a lack of it begins."""
        most = self.capacity - amount
        times, levels = self.times, self.levels
        at = bisect_right(times, start) - 1
        while at < len(times) and times[at] < finish:
            if levels[at] > most:
                return times[at]
            at += 1
        return None

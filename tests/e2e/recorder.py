"""A receiver for many requests: it counts those in flight and keeps their ids."""

import collections
import dataclasses
import time

from receiver import Receiver


@dataclasses.dataclass
class Arrival:
    time: float
    id: str


class Recorder(Receiver):
    """Answers each request with 200 after some seconds. Does not check it."""

    def __init__(self, seconds=0.005):
        super().__init__()
        self._seconds = seconds
        self._arrivals = collections.defaultdict(list)
        self._ids = collections.defaultdict(dict)  # in the order of arrival
        # The number of requests with an event that had arrived before.
        self.repeats = 0
        self._in_flight = collections.Counter()
        # The greatest number of requests at the same time, by path.
        self.most_in_flight = collections.Counter()

    def at(self, path):
        with self._changed:
            return list(self._arrivals[path])

    def _take(self, handler):
        if not self._read(handler):
            return
        path, id = handler.path, handler.headers["webhook-id"]
        with self._changed:
            self._arrivals[path].append(Arrival(time.monotonic(), id))
            self.repeats += id in self._ids[path]
            self._ids[path][id] = None
            self._in_flight[path] += 1
            self.most_in_flight[path] = max(self.most_in_flight[path],
                                            self._in_flight[path])
            self._changed.notify_all()
        time.sleep(self._seconds)
        with self._changed:
            # Before the answer: it permits the next request.
            self._in_flight[path] -= 1
        self._answer(handler)

    def arrived(self, path):
        """Returns the ids of the events in the order of their first arrival."""
        with self._changed:
            return list(self._ids[path])

    def misplaced(self, path, events):
        """Returns those of `events`, all of which have arrived, that arrived
        for the first time after a later one of `events`."""
        place = {id: n for n, id in enumerate(self.arrived(path))}
        found, earliest = [], len(place)
        for id in reversed(events):
            if place[id] > earliest:
                found.append(id)
            earliest = min(earliest, place[id])
        return found

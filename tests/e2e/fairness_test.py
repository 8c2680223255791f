"""A slow receiver delays nobody but itself."""

import statistics
import time

from receiver import Receiver, delivering

EVENTS = 40
# The medians of two runs of the same thing differ by less than this; a receiver
# that waited for the others' time-outs would take a thousand times as long.
TOLERANCE = 5


def latencies(api, receiver, path, type):
    """Seconds from the answer to each publication until the event's arrival."""
    answered = {}
    for n in range(EVENTS):
        id = api.publish(type, n)["id_event"]
        answered[id] = time.monotonic()
        receiver.await_requests(n + 1, path)
    return [r.time - answered[r.id] for r in receiver.at(path)]


def test_the_healthy_one_is_not_delayed_by_those_that_fail(tmp_path):
    with Receiver() as receiver, delivering(tmp_path) as api:
        api.webhook(receiver.url("/alone"), ["alone"])
        alone = latencies(api, receiver, "/alone", "alone")
        api.webhook(receiver.url("/healthy"), ["all"])
        for path, answer in (("/hangs", "hang"), ("/drips", "drip"),
                             ("/fails", 500)):
            receiver.answer(path, answer)
            api.webhook(receiver.url(path), ["all"])
        among = latencies(api, receiver, "/healthy", "all")
        print(f"median alone {statistics.median(alone) * 1e3:.2f} ms, "
              f"among the others {statistics.median(among) * 1e3:.2f} ms")
        assert statistics.median(among) < TOLERANCE * max(
            statistics.median(alone), 1e-3)
        # No more than 8 at a time to the one that hangs.
        assert len(receiver.at("/hangs")) <= 8

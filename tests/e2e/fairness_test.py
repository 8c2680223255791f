"""A slow receiver does not delay other receivers."""

import statistics
import time

from receiver import Receiver, delivering

EVENTS = 40
# The medians of two equal runs differ by less than this factor. A receiver that
# waited for the time-outs of others would take a thousand times as long.
TOLERANCE = 5
# Seconds. TOLERANCE * FLOOR is much less than the time-out of a receiver that
# hangs.
FLOOR = 0.02


def latencies(api, receiver, path, type):
    """Returns the seconds from each answer to the arrival of its event."""
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
            statistics.median(alone), FLOOR)
        # At most 8 requests at a time go to the receiver that hangs.
        assert len(receiver.at("/hangs")) <= 8


def test_the_healthy_one_is_not_delayed_by_those_that_have_a_rate(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--max_in_flight=16") as api:
        api.webhook(receiver.url("/alone"), ["alone"])
        alone = latencies(api, receiver, "/alone", "alone")
        for n in range(30):
            api.webhook(receiver.url("/slow"), ["slow"],
                        delivery={"max_per_second": 1})
        backlog = [{"type": "slow", "data": n} for n in range(100)]
        api.call("POST", "/events:batch", {"events": backlog}, 202)
        receiver.await_requests(90, "/slow")
        api.webhook(receiver.url("/healthy"), ["healthy"])
        among = latencies(api, receiver, "/healthy", "healthy")
        print(f"median alone {statistics.median(alone) * 1e3:.2f} ms, "
              f"among the others {statistics.median(among) * 1e3:.2f} ms")
        assert statistics.median(among) < TOLERANCE * max(
            statistics.median(alone), FLOOR)


def test_a_project_does_not_take_all_that_may_be_in_flight(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--max_in_flight=8") as api:
        with api.service.channel() as channel:
            key = api.service.admin(channel).new_key()
        receiver.answer("/hangs", "hang")
        for n in range(20):
            api.webhook(receiver.url("/hangs"), ["all"])
        api.publish("all")
        receiver.await_requests(5, "/hangs")
        headers = {"x-api-key": key}
        api.call("POST", "/webhooks", {
            "url": receiver.url("/other"), "scope": None}, 201,
            headers=headers)
        api.call("POST", "/events", {"type": "t", "data": 1}, 202,
                 headers=headers)
        receiver.await_requests(1, "/other")
        assert len(receiver.at("/hangs")) == 5

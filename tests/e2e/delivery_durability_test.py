"""Every accepted event arrives, even after kill -9 under load."""

import random
import time
import uuid

import rest
from receiver import FLAGS, Receiver, delivering
from workers import Workers

ROUNDS = 5
# Requests that are in flight, or whose end is not recorded yet.
MOST_UNRECORDED = 16
UNRECORDED = f"--max_in_flight={MOST_UNRECORDED}"
CLIENTS = 4


class Publisher(Workers):
    """Publishes from several threads until it is stopped."""

    def __init__(self, service):
        self.accepted = set()
        self._service = service
        super().__init__([self._run] * CLIENTS)

    def await_accepted(self, count):
        self.await_change(lambda: len(self.accepted) >= count)

    def _run(self):
        while self.is_working():
            id = str(uuid.uuid4())
            response = self._service.request("POST", "/events", {
                "type": "t", "data": id, "id_event": id})
            if response.status != 202:
                continue
            with self.changed:
                self.accepted.add(id)
                self.changed.notify_all()


def test_every_accepted_event_arrives_though_the_server_is_killed(tmp_path):
    randomness = random.Random(20261124)
    with Receiver() as receiver, delivering(tmp_path, UNRECORDED) as api:
        api.webhook(receiver.url(), None)
        accepted = set()
        for _ in range(ROUNDS):
            with Publisher(api.service) as publisher:
                publisher.await_accepted(20)
                # Varies the time of the kill.
                time.sleep(randomness.uniform(0, 0.2))
                api.service.server.kill()
            accepted |= publisher.accepted
            api.service.restart_server(*FLAGS, UNRECORDED)
            api.service.await_ready()

        def arrived():
            return {request.id for request in receiver.requests}

        end = time.monotonic() + rest.PATIENCE
        while not accepted <= arrived():
            assert time.monotonic() < end, len(accepted - arrived())
            time.sleep(0.05)
        duplicates = len(receiver.requests) - len(arrived())
        print(f"{len(accepted)} accepted, {len(receiver.requests)} requests, "
              f"{duplicates} of them repeated")
        # Only requests that were in flight or not recorded when the server was
        # killed may arrive twice.
        assert duplicates <= ROUNDS * MOST_UNRECORDED

"""What was acknowledged survives kill -9 at any moment."""

import random
import time

from load import Load, read_back

ROUNDS = 10


def test_every_webhook_that_was_answered_201_outlives_being_killed(fresh):
    randomness = random.Random(20241001)
    acknowledged = []
    for _ in range(ROUNDS):
        with Load(fresh) as load:
            load.await_created(1)
            # Not a wait for anything: the moment of the kill is what varies.
            time.sleep(randomness.uniform(0, 0.3))
            fresh.server.kill()
        acknowledged += load.created
        fresh.restart_server()
        fresh.await_ready()
        assert read_back(fresh, acknowledged) == acknowledged
    assert len(acknowledged) >= ROUNDS

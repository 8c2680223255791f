"""A database of PostgreSQL that fails: nothing that was acknowledged is lost."""

import random
import threading
import time

import pytest

from postgres import Cluster
from processes import PATIENCE
from receiver import Receiver
from servers import Publisher, await_all, servers
from service import REFERENCE

@pytest.fixture
def own_cluster():
    """A PostgreSQL that the test may stop."""
    cluster = Cluster()
    try:
        yield cluster
    finally:
        cluster.stop()

def await_health(service, status):
    end = time.monotonic() + PATIENCE
    while service.get("/readyz").status != status:
        assert time.monotonic() < end
        time.sleep(0.05)

def test_calls_are_503_while_the_database_is_gone_and_nothing_is_lost(
        own_cluster, tmp_path):
    url = f"{own_cluster.create_database()}&beat=200ms"
    with Receiver() as receiver, servers(tmp_path, url, 2) as (all, apis):
        apis[0].webhook(receiver.url(), ["t"])
        with Publisher(all.services) as publisher:
            publisher.await_accepted(30)
            own_cluster.kill()
            for service in all.services:
                await_health(service, 503)
            response = all.services[0].post(REFERENCE)
            assert response.status == 503, response
            own_cluster.start()
            for service in all.services:
                await_health(service, 200)
            publisher.await_accepted(len(publisher.accepted) + 30)
        await_all(receiver, publisher.accepted)

def test_sessions_that_are_ended_at_random_lose_nothing(
        cluster, tmp_path, postgres_url):
    database = postgres_url.split("&")[0]
    stop = threading.Event()
    randomness = random.Random(20261127)

    def end_sessions():
        functions = ("pg_terminate_backend", "pg_cancel_backend")
        while not stop.wait(0.05):
            cluster.query(
                database,
                f"SELECT {randomness.choice(functions)}(pid) FROM"
                " pg_stat_activity WHERE application_name = 'webhook-server'"
                " AND datname = current_database() ORDER BY random() LIMIT 2")

    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (
            all, apis):
        apis[0].webhook(receiver.url(), ["t"])
        thread = threading.Thread(target=end_sessions)
        with Publisher(all.services) as publisher:
            publisher.await_accepted(10)
            thread.start()
            try:
                publisher.await_accepted(200)
            finally:
                stop.set()
                thread.join()
            publisher.await_accepted(len(publisher.accepted) + 10)
        repeats = await_all(receiver, publisher.accepted)
        print(f"{len(publisher.accepted)} accepted, {repeats} repeated")

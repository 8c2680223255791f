"""A database of PostgreSQL that fails: nothing that was acknowledged is lost."""

import random
import threading
import time

import pytest

from postgres import Cluster
from processes import PATIENCE, run
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
        for service in all.services:
            log = service.server
            log.await_line("lost the database id_server=")
            log.await_line("the database is back id_server=")
            # Each refused call has a fault.
            assert 0 < len(log.lines("storage fault")) < 60, log.log()
            assert log.lines("storage fault .* count=")

def test_sessions_that_are_ended_at_random_lose_nothing(
        cluster, tmp_path, postgres_url):
    database = postgres_url.split("&")[0]
    stop = threading.Event()
    randomness = random.Random(20261127)

    def end_sessions():
        functions = ("pg_terminate_backend", "pg_cancel_backend")
        while not stop.wait(0.05):
            cluster.end_sessions(database, randomness.choice(functions))

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


@pytest.fixture
def pair(own_cluster):
    """A primary whose commits wait for its standby."""
    standby = Cluster(own_cluster)
    try:
        own_cluster.require_standby()
        yield own_cluster, standby
    finally:
        standby.stop()


def url_of(primary, standby):
    """Returns the URL of a new database with both hosts."""
    return (f"{primary.create_database()},{standby.folder}"
            "&beat=200ms&require_sync=true")


def test_what_was_acknowledged_is_on_the_standby_that_is_promoted(
        pair, tmp_path):
    primary, standby = pair
    url = url_of(primary, standby)
    with Receiver() as receiver, servers(tmp_path, url, 2) as (all, apis):
        apis[0].webhook(receiver.url(), ["t"])
        with Publisher(all.services) as publisher:
            publisher.await_accepted(50)
            primary.kill()
            standby.promote()
            publisher.await_accepted(len(publisher.accepted) + 50)
        repeats = await_all(receiver, publisher.accepted)
        print(f"{len(publisher.accepted)} accepted, {repeats} repeated")
        stored = set(standby.query(
            url.split(",")[0].replace(str(primary.folder), str(standby.folder)),
            "SELECT data FROM webhooks.events"))
        assert {f'"{id}"' for id in publisher.accepted} <= stored


def test_nothing_is_acknowledged_while_the_standby_is_stopped(pair, tmp_path):
    primary, standby = pair
    url = url_of(primary, standby)
    with Receiver() as receiver, servers(tmp_path, url, 1) as (all, apis):
        apis[0].webhook(receiver.url(), ["t"])
        with Publisher(all.services) as publisher:
            publisher.await_accepted(10)
            standby.freeze()
            try:
                time.sleep(0.5)  # for what was on its way
                accepted = len(publisher.accepted)
                time.sleep(2)
                assert len(publisher.accepted) == accepted
            finally:
                standby.thaw()
            publisher.await_accepted(accepted + 10)
        await_all(receiver, publisher.accepted)


def test_a_start_is_refused_without_the_standby_that_the_url_requires(
        cluster, tmp_path):
    files = [f"--{name}_file={tmp_path}/{name}"
             for name in ("api_key", "admin_key", "secret_key")]
    result = run("webhook-server", "--listen=127.0.0.1:0", *files,
                 f"--database={cluster.create_database()}&require_sync=true")
    assert result.returncode == 1
    assert "no synchronous standby" in result.stderr + result.stdout

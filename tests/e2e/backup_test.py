"""webhookctl backup: a whole copy of a database that goes on being used."""

import functools
import json
import shutil
import signal
import sqlite3
import stat
import subprocess
import time

import pytest

import rest
from processes import BIN, PATIENCE, clean_environment, run
from receiver import Receiver, delivering
from service import Service
from workers import Workers

CLIENTS = 3
TYPE = "load.made"
# What makes the copy take a while: events that nobody listens to.
FILLING = 150
FILLER = {"type": "filler", "data": "x" * 250_000}


class Client:
    """Posts one thing after the other, on one connection."""

    def __init__(self, service, path, body):
        self.acknowledged = []  # the answers, in their order
        self._service = service
        self._path = path
        self._body = json.dumps(body).encode()

    def post_on(self, connection):
        connection.send(rest.encode("POST", self._path, {
            "x-api-key": self._service.key,
            "content-type": "application/json"}, self._body))
        response = connection.read()
        assert response.status in (201, 202), response
        return response.json()


class Load(Workers):
    """Clients that publish and clients that make webhooks, until the end."""

    def __init__(self, service):
        self.publishers = [
            Client(service, "/events", {"type": TYPE, "data": n})
            for n in range(CLIENTS)]
        self.makers = [
            Client(service, "/webhooks", {
                "url": f"https://{n}.example/", "scope": ["other"]})
            for n in range(CLIENTS)]
        self.clients = self.publishers + self.makers
        self._address = service.gateway.address
        super().__init__([functools.partial(self._run, client)
                          for client in self.clients])

    def counts(self):
        """How much of each client was acknowledged."""
        with self.changed:
            return [len(client.acknowledged) for client in self.clients]

    def await_more(self, count):
        """Returns once `count` more of each client was acknowledged."""
        goals = [had + count for had in self.counts()]
        self.await_change(
            lambda: all(len(client.acknowledged) >= goal for client, goal
                        in zip(self.clients, goals)))

    def _run(self, client):
        with rest.Connection(self._address) as connection:
            while self.is_working():
                answer = client.post_on(connection)
                with self.changed:
                    client.acknowledged.append(answer)
                    self.changed.notify_all()


def backup(database, file, *flags, code=0):
    result = run("webhookctl", "backup", f"--database=sqlite:{database}",
                 str(file), *flags)
    assert result.returncode == code, result
    return result


def fill(service, count=FILLING):
    for _ in range(count):
        assert service.request("POST", "/events", FILLER).status == 202


def restored(copy, original, folder):
    """A service that serves the copy, and delivers nothing."""
    service = Service(folder)
    result = run("webhookctl", "restore", str(copy),
                 f"--database=sqlite:{service.database}")
    assert result.returncode == 0, result
    for key in ("secret-key", "api-key", "admin-key"):
        shutil.copy(original.folder / key, folder / key)
    service.start_server("--deliver=false")
    service.start_gateway()
    service.await_ready()
    return service


def read_each(service, paths):
    """What GET answers for each path; None where nothing is found."""
    answers = []
    with rest.Connection(service.gateway.address) as connection:
        for path in paths:
            connection.send(rest.encode(
                "GET", path, {"x-api-key": service.key}))
            response = connection.read()
            assert response.status in (200, 404), response
            answers.append(response.json() if response.status == 200 else None)
    return answers


def prefix(answers):
    """Those that are there, which must be the first ones, without a gap."""
    there = [a for a in answers if a is not None]
    assert answers[:len(there)] == there, "one is missing before another"
    return there


def assert_is_whole(database):
    with sqlite3.connect(f"file:{database}?immutable=1", uri=True) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    opened.close()


def test_a_copy_under_load_has_each_clients_work_up_to_one_moment(tmp_path):
    copy = tmp_path / "copy.db"
    with Receiver() as receiver, delivering(tmp_path) as api:
        listening = api.webhook(receiver.url(), [TYPE])
        fill(api.service)
        with Load(api.service) as load:
            load.await_more(5)
            before = load.counts()
            backup(api.service.database, copy)
            after = load.counts()
            load.await_more(1)
        assert sum(after) - sum(before) > 0
        assert_is_whole(copy)
        service = restored(copy, api.service, tmp_path / "restored")
    try:
        for client, at_least in zip(load.publishers, before):
            ids = [event["id_event"] for event in client.acknowledged]
            there = prefix(read_each(service, [f"/events/{i}" for i in ids]))
            assert len(there) >= at_least
            for deliveries in read_each(service, [
                    f"/deliveries?id_event={e['id_event']}" for e in there]):
                assert [d["id_webhook_endpoint"] for d in deliveries] == [
                    listening["id_webhook_endpoint"]]
        for client, at_least in zip(load.makers, before[CLIENTS:]):
            there = prefix(read_each(service, [
                f"/webhooks/{w['id_webhook_endpoint']}"
                for w in client.acknowledged]))
            assert len(there) >= at_least
            assert there == client.acknowledged[:len(there)]  # with secrets
    finally:
        service.stop()


def test_a_copy_is_for_its_owner_and_said_to_be_made(fresh, tmp_path):
    copy = tmp_path / "copy.db"
    said = json.loads(backup(fresh.database, copy, "--json").stdout)
    assert said["file"] == str(copy)
    assert int(said["bytes"]) == copy.stat().st_size
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_backup_leaves_nothing(fresh, tmp_path, number):
    fill(fresh, 2 * FILLING)
    folder = tmp_path / "copies"
    folder.mkdir()
    process = subprocess.Popen(
        [BIN / "webhookctl", "backup", f"--database=sqlite:{fresh.database}",
         folder / "copy.db"], env=clean_environment(), stderr=subprocess.PIPE,
        text=True)
    end = time.monotonic() + PATIENCE
    while not list(folder.iterdir()):
        assert time.monotonic() < end and process.poll() is None
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert len(said.splitlines()) == 1
    assert list(folder.iterdir()) == []


def test_what_cannot_be_copied_is_one_line(stopped, tmp_path):
    other = tmp_path / "other"
    other.write_text("no database" * 1000)
    for database, file, word in [
            (tmp_path / "none.db", "copy.db", "none.db"),
            (other, "copy.db", "other")]:
        said = backup(database, tmp_path / file, code=1).stderr
        assert len(said.splitlines()) == 1 and word in said
    stopped.start_server()
    for file in ("none/copy.db", "api-key"):
        said = backup(stopped.database, tmp_path / file, code=1).stderr
        assert len(said.splitlines()) == 1 and file in said
    assert not list(tmp_path.glob("copy.db*"))


def test_a_copy_is_not_restored_over_a_foreign_log(fresh, tmp_path):
    copy = tmp_path / "copy.db"
    backup(fresh.database, copy)
    folder = tmp_path / "restored"
    folder.mkdir()
    log = folder / "webhooks.db-wal"
    log.write_bytes(b"of another database")
    result = run("webhookctl", "restore", str(copy),
                 f"--database=sqlite:{folder}/webhooks.db")
    assert result.returncode == 1
    assert str(log) in result.stderr and "move" in result.stderr
    assert list(folder.iterdir()) == [log]

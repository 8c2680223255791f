"""webhookctl export and import: a database moves to another backend."""

import base64
import hashlib
import hmac
import os
import select
import shutil
import signal
import subprocess
import time

from pages import Page
from processes import BIN, PATIENCE, clean_environment, run
from receiver import Receiver, delivering
from servers import RETRIES, Publisher

PAGE = Page("server/SCALING.md", "Moving from SQLite")
MOVE, PROJECT = map(PAGE.block, ["move", "project"])
PLACES = {"source": "/var/lib/webhooks",
          "url": "postgres://webhooks@db.example/webhooks",
          "keys": "/etc/webhooks/secret-key"}
KEYS = ("secret-key", "api-key", "admin-key")
FILLER = {"type": "filler", "data": "x" * 250_000}


def run_script(code, folder, **places):
    """Runs a block of the page with other places of files and databases."""
    for name, place in places.items():
        assert PLACES[name] in code
        code = code.replace(PLACES[name], str(place))
    env = clean_environment()
    env["PATH"] = f"{BIN}:{env['PATH']}"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", code], cwd=folder,
                          env=env, capture_output=True, text=True,
                          timeout=2 * PATIENCE)
    assert done.returncode == 0, done
    return done.stderr


def with_keys_of(service, folder):
    folder.mkdir()
    for key in KEYS:
        shutil.copy(service.folder / key, folder / key)
    return folder


def is_signed(request, secret):
    """Returns true if a delivery has a signature by the secret."""
    text = ".".join([request.headers["webhook-id"],
                     request.headers["webhook-timestamp"], ""])
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")),
                      text.encode() + request.body, hashlib.sha256).digest()
    return ("v1," + base64.b64encode(digest).decode()
            in request.headers["webhook-signature"].split(" "))


def spawn(*words, **streams):
    return subprocess.Popen([BIN / "webhookctl", *map(str, words)],
                            env=clean_environment(), stderr=subprocess.PIPE,
                            **streams)


def test_a_database_moves_to_postgres_with_all_that_waits(
        tmp_path, postgres_url):
    source = tmp_path / "source"
    source.mkdir()
    with Receiver() as receiver:
        receiver.answer("/", 503)
        with delivering(source, *RETRIES) as api:
            old = api.service
            webhook = api.webhook(receiver.url(), ["t"])
            events = [api.publish("t", data=n) for n in range(5)]
            receiver.await_requests(5)
            old.stop()
            folder = with_keys_of(old, tmp_path / "moved")
            said = run_script(MOVE.code, tmp_path, source=source,
                              url=postgres_url)
            assert "exported" in said and "imported" in said
        refused = len(receiver.requests)
        receiver.answer("/", 200)
        with delivering(folder, *RETRIES, url=postgres_url) as api:
            path = f"/webhooks/{webhook['id_webhook_endpoint']}"
            assert api.call("GET", path) == webhook
            for event in events:
                delivery = api.delivered(event)
                assert len(delivery["attempts"]) >= 2
            later = api.publish("t", data="later")
            api.delivered(later)
        arrived = receiver.requests[refused:]
        assert {r.id for r in arrived} >= {
            e["id_event"] for e in (*events, later)}
        assert all(is_signed(r, webhook["secret"]) for r in arrived)


def test_a_project_moves_to_running_servers_that_have_other_keys(
        tmp_path, postgres_url):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with Receiver() as receiver, \
            delivering(tmp_path / "one", *RETRIES) as one, \
            delivering(tmp_path / "two", *RETRIES, url=postgres_url) as two:
        receiver.answer("/", 503)
        with one.service.channel() as channel:
            key = {"x-api-key": one.service.admin(channel).new_key("acme")}
        webhook = one.call("POST", "/webhooks", {
            "url": receiver.url(), "scope": ["t"]}, 201, headers=key)
        event = one.call("POST", "/events", {"type": "t", "data": 1}, 202,
                         headers=key)
        receiver.await_requests(1)
        one.service.server.stop()
        receiver.answer("/", 200)
        refused = len(receiver.requests)
        keys = tmp_path / "keys"
        keys.write_text("".join(
            (service.folder / "secret-key").read_text()
            for service in (two.service, one.service)))
        run_script(PROJECT.code, tmp_path, source=tmp_path / "one",
                   url=postgres_url, keys=keys)
        arrived = receiver.await_requests(refused + 1)[-1]
        assert arrived.id == event["id_event"]
        assert is_signed(arrived, webhook["secret"])
        assert two.call("GET", "/webhooks", headers=key) == [webhook]
        assert two.call("GET", "/webhooks") == []


def test_an_export_has_what_was_acknowledged_before_it_began(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    with delivering(source) as api:
        service = api.service
        with Publisher([service]) as publisher:
            publisher.await_accepted(20)
            before = set(publisher.accepted)
            export = spawn("export", f"--database=sqlite:{service.database}",
                           stdout=subprocess.PIPE)
            copy = with_keys_of(service, tmp_path / "copy")
            imported = spawn(
                "import", f"--database=sqlite:{copy}/webhooks.db",
                stdin=export.stdout)
            export.stdout.close()
            assert imported.wait(PATIENCE) == 0, imported.stderr.read()
            assert export.wait(PATIENCE) == 0, export.stderr.read()
            publisher.await_accepted(len(publisher.accepted) + 1)
    with delivering(copy) as api:
        for event in before:
            api.call("GET", f"/events/{event}")


def test_an_interrupted_export_leaves_nothing(fresh, tmp_path):
    for _ in range(10):
        assert fresh.request("POST", "/events", FILLER).status == 202
    # Nobody reads the pipe, so the export waits.
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with open(tmp_path / "pipe", "wb") as writer:
        export = spawn("export", f"--database=sqlite:{fresh.database}",
                       stdout=writer)
    end = time.monotonic() + PATIENCE
    while not select.select([reader], [], [], 0.05)[0]:
        assert time.monotonic() < end and export.poll() is None
    export.send_signal(signal.SIGTERM)
    _, said = export.communicate(timeout=PATIENCE)
    os.close(reader)
    assert export.returncode == 1
    assert b"interrupted" in said and len(said.splitlines()) == 1


def test_an_interrupted_import_leaves_nothing(fresh, tmp_path):
    stream = tmp_path / "stream"
    assert run("webhookctl", "export", f"--database=sqlite:{fresh.database}",
               f"--output={stream}").returncode == 0
    folder = with_keys_of(fresh, tmp_path / "other")
    before = sorted(folder.iterdir())
    process = spawn("import", f"--database=sqlite:{folder}/webhooks.db",
                    stdin=subprocess.PIPE)
    process.stdin.write(stream.read_bytes()[:-10])
    process.stdin.flush()
    end = time.monotonic() + PATIENCE
    while not (folder / "webhooks.db").exists():
        assert time.monotonic() < end and process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 1
    assert b"nothing was imported" in process.stderr.read()
    assert sorted(folder.iterdir()) == before


def test_what_cannot_be_imported_is_one_line(fresh, tmp_path):
    stream = tmp_path / "stream"
    assert run("webhookctl", "export", f"--database=sqlite:{fresh.database}",
               f"--output={stream}").returncode == 0
    other_key = tmp_path / "other-key"
    other_key.write_text(base64.b64encode(bytes(32)).decode())
    short = tmp_path / "short"
    short.write_bytes(stream.read_bytes()[:-1])
    new = f"sqlite:{tmp_path}/new/webhooks.db"
    keys = fresh.folder / "secret-key"
    for database, file, key, word in [
            (f"sqlite:{fresh.database}", stream, keys, "another process"),
            (new, stream, other_key, "key"),
            (new, stream, tmp_path / "none", "none"),
            (new, short, keys, "incomplete"),
            (new, keys, keys, "not a stream"),
            (new, "/dev/null", keys, "empty"),
            (new, tmp_path / "none", keys, "none")]:
        refused = run("webhookctl", "import", f"--database={database}",
                      f"--input={file}", f"--secret_key_file={key}")
        assert refused.returncode == 1 and word in refused.stderr, refused
        assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "new" / "webhooks.db").exists()


def test_a_database_that_a_server_has_used_is_not_empty(
        fresh, tmp_path, postgres_url):
    stream = tmp_path / "stream"
    assert run("webhookctl", "export", f"--database=sqlite:{fresh.database}",
               f"--output={stream}").returncode == 0
    (tmp_path / "other").mkdir()
    with delivering(tmp_path / "other", url=postgres_url):
        pass
    refused = run("webhookctl", "import", f"--database={postgres_url}",
                  f"--input={stream}",
                  f"--secret_key_file={fresh.folder}/secret-key")
    assert refused.returncode == 1
    assert "the database is not empty" in refused.stderr
    assert "create another database" in refused.stderr


def test_no_block_is_left():
    assert PAGE.left() == []

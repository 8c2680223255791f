"""A copy of the database tells no secret and no key, and needs its key file."""

import base64
import hashlib
import os
import stat

import pytest

from processes import run
from service import REFERENCE


def files(folder):
    return [p for p in folder.iterdir() if p.name.startswith("webhooks.db")]


def found_in(folder, *texts):
    """Which of `texts`, or of the bytes that they encode, the database has."""
    content = b"".join(p.read_bytes() for p in files(folder))
    found = []
    for text in texts:
        forms = [text.encode()]
        if text.startswith("whsec_"):
            forms += [text[6:].encode(), base64.b64decode(text[6:])]
        found += [text for form in forms if form in content]
    return found


def new_key():
    return base64.b64encode(os.urandom(32)).decode()


def key_id(line):
    """As the README has it: base64 -d | sha256sum | cut -c-16."""
    return hashlib.sha256(base64.b64decode(line)).hexdigest()[:16]


def test_the_database_holds_no_secret_and_no_key(fresh):
    with fresh.channel() as channel:
        admin = fresh.admin(channel)
        key = admin.new_key()
        # Its answer is kept, and the key with it.
        repeatable = admin.CreateApiKey(
            id_project=admin.ListProjects().projects[0].id_project,
            name="ci", request_id="a key").key
    headers = {"x-api-key": key, "idempotency-key": "once"}
    token = f"Bearer {new_key()}"
    webhook = fresh.post(
        REFERENCE | {"delivery": {"headers": {"Authorization": token}}},
        headers=headers).json()
    assert webhook["delivery"]["headers"] == {"Authorization": token}
    path = f"/webhooks/{webhook['id_webhook_endpoint']}:rotateSecret"
    rotated = fresh.request("POST", path, headers=headers | {
        "idempotency-key": "twice"}).json()
    assert rotated["secret"] != webhook["secret"]
    texts = (webhook["secret"], rotated["secret"], key, repeatable, token,
             fresh.key, fresh.admin_key)
    assert any(p.name.endswith("-wal") for p in files(fresh.folder))
    assert found_in(fresh.folder, *texts) == []
    # The look itself finds what is there.
    assert found_in(fresh.folder, webhook["url"]) == [webhook["url"]]
    fresh.server.stop()
    assert found_in(fresh.folder, *texts) == []


@pytest.mark.parametrize("name", ["secret-key", "admin-key", "api-key"])
def test_key_files_are_made_private(service, name):
    mode = os.stat(service.folder / name).st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("content", [None, "", "wrong", "short"])
def test_without_its_key_the_server_refuses_to_start(fresh, content):
    fresh.post(REFERENCE)
    fresh.server.stop()
    file = fresh.folder / "secret-key"
    if content is None:
        file.unlink()
    else:
        file.write_text({"wrong": new_key(), "short": "c2hvcnQ="}.get(
            content, content))
    before = file.read_text() if file.exists() else None
    result = run("webhook-server", "--listen=127.0.0.1:0",
                 f"--database=sqlite:{fresh.database}")
    assert result.returncode != 0
    assert result.stderr.count("\n") == 1
    assert "key" in result.stderr
    assert (file.read_text() if file.exists() else None) == before


def test_secrets_are_sealed_anew_under_a_new_key_while_serving(fresh):
    webhooks = [fresh.post(REFERENCE, headers={
        "idempotency-key": f"k{i}"}).json() for i in range(300)]
    file = fresh.folder / "secret-key"
    old, new = file.read_text(), new_key()
    fresh.server.stop()
    file.write_text(f"{new}\n{old}")
    fresh.restart_server()
    fresh.await_ready()
    gone = key_id(old.splitlines()[-1])
    fresh.server.await_line(f"secret keys not needed any more keys={gone}$")
    assert fresh.get("/webhooks?page_size=1000").status == 200
    fresh.server.stop()
    file.write_text(new)
    fresh.restart_server()
    fresh.await_ready()
    listed = fresh.get("/webhooks?page_size=1000").json()
    assert {w["secret"] for w in listed} == {w["secret"] for w in webhooks}
    replayed = fresh.post(REFERENCE, headers={"idempotency-key": "k0"})
    assert replayed.json() == webhooks[0]


def test_a_new_key_is_used_without_a_restart(fresh):
    created = fresh.post(REFERENCE).json()
    file = fresh.folder / "secret-key"
    old, new = file.read_text().splitlines()[-1], new_key()
    file.write_text(new)
    refused = fresh.server.await_line(
        r"error a key file cannot be used, the old keys stay in use.*")[0]
    assert str(file) in refused and key_id(old) in refused
    assert fresh.get("/webhooks").status == 200
    file.write_text(f"{new}\n{old}")
    fresh.server.await_line(
        f"secret keys reloaded file={file} keys={key_id(new)},{key_id(old)}$")
    fresh.server.await_line(f"secret keys not needed any more keys={key_id(old)}$")
    file.write_text("no key")
    fresh.server.await_line("is not the base64 of 32 bytes")
    file.write_text(new)
    fresh.server.await_line(f"secret keys reloaded .*keys={key_id(new)}$")
    assert fresh.get("/webhooks").json() == [created]
    fresh.server.stop()
    fresh.restart_server()
    fresh.await_ready()
    assert fresh.get("/webhooks").json() == [created]


def test_a_key_that_nothing_was_sealed_under_may_go_too(fresh):
    file = fresh.folder / "secret-key"
    old, new = file.read_text(), new_key()
    fresh.server.stop()
    assert not fresh.server.lines("not needed any more")
    file.write_text(f"{new}\n{old}")
    fresh.restart_server()
    fresh.server.await_line(
        f"secret keys not needed any more keys={key_id(old.splitlines()[-1])}$")
    fresh.server.stop()
    file.write_text(new)
    fresh.restart_server()
    fresh.await_ready()

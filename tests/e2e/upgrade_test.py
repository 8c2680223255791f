"""A server takes over the database of an earlier version."""

import base64
import hashlib
import pathlib
import re
import sqlite3

import pytest

from service import REFERENCE

SUPPORT = pathlib.Path(__file__).parent.parent / "support"
# What tests/support/secret_keys.h seals with.
SECRET_KEY = base64.b64encode(b"\1" * 32).decode()


def fixture(version):
    """The SQL of a database of `version`, and the API key that is known."""
    text = (SUPPORT / f"database_{version:03}.h").read_text()
    key = re.search(r'Key\[\] =\s*((?:"\w+"\s*)+);', text)
    return (re.search(r'R"sql\((.*)\)sql"', text, re.DOTALL)[1],
            key and "".join(re.findall(r'"(\w+)"', key[1])))


KEY = fixture(2)[1]


def add_known_key(database):
    """Nobody knows the key that version 1 made: its project gets another."""
    database.execute(
        "INSERT INTO api_keys SELECT randomblob(16), id, 'known', 'whk_', ?,"
        " created_at FROM projects", [hashlib.sha256(KEY.encode()).digest()])


@pytest.fixture(params=[1, 2])
def upgraded(request, stopped):
    """A service on the database of an earlier version."""
    with sqlite3.connect(stopped.database) as database:
        database.executescript(fixture(request.param)[0])
        if request.param == 1:
            add_known_key(database)
    database.close()
    (stopped.folder / "secret-key").write_text(SECRET_KEY + "\n")
    (stopped.folder / "api-key").write_text(KEY + "\n")
    return stopped.start()


def test_an_old_key_opens_its_old_webhooks(upgraded):
    webhooks = upgraded.get("/webhooks").json()
    assert webhooks[0]["url"] == REFERENCE["url"]
    assert webhooks[0]["endpoint_description"] == REFERENCE["description"]
    assert [w["url"] for w in webhooks].count(None) == 1
    assert upgraded.post(REFERENCE).status == 201
    assert len(upgraded.get("/webhooks").json()) == len(webhooks) + 1


def test_an_event_reaches_the_old_webhooks(upgraded):
    webhooks = upgraded.get("/webhooks").json()
    listening = [w for w in webhooks if w["scope"] is None
                 or "connection.created" in w["scope"]]
    published = upgraded.request(
        "POST", "/events", {"type": "connection.created", "data": {}})
    assert published.status == 202
    assert published.json()["matched_webhooks"] == len(listening) > 1


def test_an_old_webhook_keeps_its_secret(upgraded):
    webhook = upgraded.get("/webhooks").json()[0]
    assert webhook["secret"] == {
        "01a20c3b-69ed-794f-a192-e76c01b8cfb1":
            "whsec_KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=",
        "01a21053-7c0b-74b9-b15a-9b28305592c8":
            "whsec_5EKouP2JLPRpOZYM4dQ5D4dOMzFGJifh+pVVEYQ/s1g=",
    }[webhook["id_webhook_endpoint"]]
    secrets = upgraded.get(
        f"/webhooks/{webhook['id_webhook_endpoint']}/secrets")
    assert [s["secret"] for s in secrets.json()] == [webhook["secret"]]

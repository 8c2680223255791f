"""The programs of proto/RECEIVING.md accept only genuine deliveries."""

import base64
import hashlib
import hmac
import shutil
import subprocess

import pytest

from pages import Page
from processes import PATIENCE
from receiver import Receiver, delivering

PAGE = Page("proto/RECEIVING.md")
# By language: the file, the compiler, and the command.
PROGRAMS = {
    "python": ("verify.py", [], ["/usr/bin/python3", "verify.py"]),
    "javascript": ("verify.mjs", [], ["node", "verify.mjs"]),
    "go": ("verify.go", ["go", "build", "verify.go"], ["./verify"]),
    "java": ("Verify.java", ["javac", "Verify.java"], ["java", "Verify"]),
    "cpp": ("verify.cc", ["g++", "-Wall", "-Wextra", "-Werror", "-std=c++20",
                          "verify.cc", "-o", "verify", "-lcrypto"],
            ["./verify"]),
}
BLOCKS = {name: PAGE.block(name) for name in PROGRAMS}


@pytest.fixture(scope="module")
def delivery(tmp_path_factory):
    """(secret, headers, body) of a new delivery."""
    with Receiver() as receiver, delivering(
            tmp_path_factory.mktemp("service")) as api:
        webhook = api.webhook(receiver.url())
        api.call("POST", f"/webhooks/{webhook['id_webhook_endpoint']}"
                 ":rotateSecret", {})  # two signatures
        api.publish(data={"text": "Grüße 🎣", "n": 1.50})
        request = receiver.await_requests(1)[0]
        assert len(request.headers["webhook-signature"].split(" ")) == 2
        yield webhook["secret"], request.headers, request.body


@pytest.fixture(scope="module", params=PROGRAMS)
def verify(request, tmp_path_factory):
    """A function that returns true if a program accepts a delivery."""
    name, compiler, command = PROGRAMS[request.param]
    for tool in [compiler[:1], command[:1]]:
        if tool and not tool[0].startswith("./") and not shutil.which(tool[0]):
            pytest.skip(f"{tool[0]} is not on this machine")
    folder = tmp_path_factory.mktemp(request.param)
    (folder / name).write_text(BLOCKS[request.param].code)
    if compiler:
        subprocess.run(compiler, cwd=folder, check=True, timeout=4 * PATIENCE)

    def run(secret, id, timestamp, signatures, body):
        result = subprocess.run(
            [*command, secret, id, timestamp, signatures], input=body,
            cwd=folder, timeout=PATIENCE, capture_output=True)
        assert result.returncode in (0, 1), result
        return result.returncode == 0

    return run


def words(headers):
    return [headers[name] for name in
            ("webhook-id", "webhook-timestamp", "webhook-signature")]


def test_a_delivery_is_taken(verify, delivery):
    secret, headers, body = delivery
    assert verify(secret, *words(headers), body)


def test_what_was_changed_is_refused(verify, delivery):
    secret, headers, body = delivery
    id, timestamp, signatures = words(headers)
    other = secret[:10] + ("A" if secret[10] != "A" else "B") + secret[11:]
    assert not verify(secret, id, timestamp, signatures, body + b" ")
    assert not verify(secret, "other", timestamp, signatures, body)
    assert not verify(secret, id, str(int(timestamp) + 1), signatures, body)
    assert not verify(other, id, timestamp, signatures, body)
    assert not verify(secret, id, timestamp, "v1,AAAA v2,", body)


def test_what_is_old_is_refused(verify, delivery):
    secret, headers, body = delivery
    id, timestamp, _ = words(headers)
    old = str(int(timestamp) - 400)
    digest = hmac.new(base64.b64decode(secret[6:]),
                      f"{id}.{old}.".encode() + body, hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    assert not verify(secret, id, old, signature, body)


def test_no_program_is_left():
    assert PAGE.left() == []

"""Runs the examples of README.md and server/SECURING.md unchanged."""

import json
import os
import re
import subprocess

import pytest

from pages import Page
from processes import BIN, PATIENCE, clean_environment, limited
from receiver import FLAGS
from service import Service

README = Page("README.md")
CREATE, CREATED, CREATE_OVER_GRPC, LISTEN, PUBLISH = map(
    README.block, ["create", "created", "create over gRPC", "listen", "publish"])
SECURING = Page("server/SECURING.md")
OPERATE, PROJECT, BIND = map(SECURING.block, ["operate", "project", "bind"])
INSTALLED = "/var/lib/webhooks"

# Replaces grpcurl by buf, because grpcurl is not packaged everywhere.
GRPCURL = """#!/bin/bash
words=()
while [ $# -gt 2 ]; do
  case "$1" in
    -H | -d) words+=("$1" "$2"); shift ;;
  esac
  shift
done
exec "$BUF" curl --protocol grpc --http2-prior-knowledge "${words[@]}" \\
  "http://$1/$2"
"""


# webhookctl with the key of the environment.
CTL = """#!/bin/bash
exec build/release/bin/webhookctl "$@"
"""

# ./dev ctl without the build.
DEV = """#!/bin/bash
shift
WEBHOOKS_KEY_FILE=${WEBHOOKS_KEY_FILE-data/api-key} \\
  exec build/release/bin/webhookctl "$@"
"""


class Checkout:
    """A folder like that of the project after ./dev run."""

    def __init__(self, folder, service):
        self.service = service
        self._folder = folder
        (folder / "build").mkdir()
        (folder / "build" / "release").symlink_to(BIN.parent)
        for name, script in (("grpcurl", GRPCURL), ("dev", DEV),
                             ("webhookctl", CTL)):
            (folder / name).write_text(script)
            (folder / name).chmod(0o755)
        self._env = clean_environment({
            "PATH": f"{folder}:{os.environ['PATH']}",
            "BUF": os.path.join(os.environ["E2E_NPM"], "node_modules", ".bin",
                                "buf"),
            "WEBHOOKS_SERVER": service.server.address})

    def start(self, code):
        """Starts a block with the ports of these processes."""
        code = code.replace("127.0.0.1:8080", self.service.gateway.address)
        code = code.replace("127.0.0.1:50051", self.service.server.address)
        return subprocess.Popen(["bash", "-euc", code], cwd=self._folder,
                                env=self._env, text=True,
                                stdout=subprocess.PIPE)

    def run(self, code):
        process = self.start(code.replace(INSTALLED, "data"))
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output
        return output


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "data").mkdir()
    service = Service(folder / "data")
    try:
        service.start_server(*FLAGS)
        service.start_gateway()
        service.await_ready()
        yield Checkout(folder, service)
    finally:
        service.stop()


def kinds(value):
    """Returns `value` with types in place of values."""
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    return type(value)


def test_a_webhook_is_made_and_answered_as_shown(checkout):
    head, body = checkout.run(CREATE.code).split("\n\n", 1)
    assert "201 Created" in head
    made, shown = json.loads(body), json.loads(CREATED.code)
    assert list(made) == list(shown)
    assert kinds(made) == kinds(shown)
    for key in ("url", "endpoint_description", "scope", "active"):
        assert made[key] == shown[key]


def test_a_webhook_is_made_over_grpc(checkout):
    if not os.path.exists(os.path.join(os.environ["E2E_NPM"], "node_modules",
                                       ".bin", "buf")):
        pytest.skip("buf is not installed: ./dev deps does it")
    made = json.loads(checkout.run(CREATE_OVER_GRPC.code))
    assert made["url"] == "https://acme.com/webhook_receiver"


def test_a_webhook_is_seen_to_fire(checkout):
    listen = checkout.start("exec " + LISTEN.code)
    try:
        with limited(listen):
            assert " listens at " in listen.stdout.readline()
            published = json.loads(checkout.run(PUBLISH.code))
            assert published["matched_webhooks"] >= 1
            line = listen.stdout.readline()
            assert " verified " in line and '"data":{"id":1}' in line
    finally:
        listen.terminate()
        listen.wait(PATIENCE)
        listen.stdout.close()


def test_a_project_gets_a_key_that_is_revoked(checkout):
    lines = OPERATE.code.splitlines()
    made = checkout.run("\n".join(lines[:2]))
    project = re.search(r"id_project +(\S+)", made)[1]
    given = [line.replace("PROJECT", project) for line in lines[:4]]
    shown = checkout.run("\n".join([given[0], given[2]]))
    key = re.search(r"id_api_key +(\S+)", shown)[1]
    assert re.search(r"key +whk_\S+", shown)
    assert key in checkout.run("\n".join([given[0], given[3]]))
    checkout.run("\n".join([given[0], lines[4].replace("KEY_ID", key)]))
    assert len(lines) == 5


def test_an_administrator_works_on_a_project_by_its_name(checkout):
    export, create = OPERATE.code.splitlines()[:2]
    checkout.run("\n".join([export, create.replace("acme", "by-name")]))
    checkout.run(PROJECT.code.replace("acme", "by-name"))


def test_a_certificate_is_bound_and_unbound(checkout):
    made = checkout.run("\n".join(OPERATE.code.splitlines()[:2]))
    project = re.search(r"id_project +(\S+)", made)[1]
    shown = checkout.run(BIND.code.replace("PROJECT", project))
    assert shown.count("spiffe://example.org/billing") == 3


def test_no_example_is_left():
    assert README.left() == SECURING.left() == []


@pytest.mark.parametrize("page", [
    "```sh\ntrue\n```\n", "<!-- not tested: -->\n```sh\ntrue\n```\n",
    "<!-- test: a -->\n```\n```\n<!-- test: a -->\n```\n```\n"],
    ids=["without a mark", "without a reason", "with a name of another"])
def test_a_new_example_must_be_run_or_say_why_not(tmp_path, page):
    (tmp_path / "page.md").write_text(page)
    with pytest.raises(AssertionError):
        Page(tmp_path / "page.md")


def test_an_example_that_no_test_asks_for_is_found(tmp_path):
    (tmp_path / "page.md").write_text("<!-- test: a -->\n```sh\ntrue\n```\n")
    assert Page(tmp_path / "page.md").left() == ["a"]

"""Fixtures: processes in new folders. They end with their test."""

import json
import os
import uuid

import pytest

import stubs  # noqa: F401  before what needs it
from postgres import Cluster
from processes import run
from receiver import FAST, Receiver, delivering
from servers import BEAT
from service import Service


@pytest.fixture(scope="session")
def cluster():
    """A running PostgreSQL."""
    cluster = Cluster()
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def postgres_url(cluster):
    """The URL of a new database, for servers that are replaced soon."""
    return f"{cluster.create_database()}&beat={BEAT}"


@pytest.fixture(scope="session")
def new_url():
    """Returns a function that returns the URL of a new database: None, which is
    one of SQLite, or one of PostgreSQL where the tests run on that."""
    if not os.environ.get("E2E_POSTGRES"):
        yield lambda: None
        return
    cluster = Cluster()
    try:
        yield cluster.create_database
    finally:
        cluster.stop()


@pytest.fixture
def stopped(tmp_path, new_url):
    """A service whose processes do not run yet."""
    service = Service(tmp_path, new_url())
    yield service
    service.stop()


@pytest.fixture
def fresh(stopped):
    """A running service for one test that changes or watches it."""
    return stopped.start()


@pytest.fixture(scope="module")
def service(tmp_path_factory, new_url):
    """A running service that the tests of a file share."""
    shared = Service(tmp_path_factory.mktemp("service"), new_url())
    try:
        yield shared.start()
    finally:
        shared.stop()


@pytest.fixture
def channel(service):
    with service.channel() as channel:
        yield channel


@pytest.fixture(scope="module")
def shared(tmp_path_factory, new_url):
    """The calls of a service that delivers, and a receiver."""
    with Receiver() as receiver, delivering(
            tmp_path_factory.mktemp("service"), *FAST, url=new_url()) as api:
        yield api, receiver


@pytest.fixture
def api(shared):
    return shared[0]


@pytest.fixture
def receiver(shared):
    return shared[1]


@pytest.fixture
def place():
    """A path and an event type that no other test uses."""
    name = uuid.uuid4().hex
    return f"/{name}", f"t.{name}"


@pytest.fixture
def ctl(service):
    """Runs a command with the admin key, or with `key`."""
    def call(*args, key=None, code=0):
        result = run("webhookctl", f"--server={service.server.address}", *args,
                     env={"WEBHOOKS_KEY": key or service.admin_key})
        assert result.returncode == code, result
        return result
    return call


@pytest.fixture
def ctl_json(ctl):
    return lambda *args, **kwargs: json.loads(
        ctl("--json", *args, **kwargs).stdout)


@pytest.fixture
def key(ctl_json):
    """The key of a new project."""
    project = ctl_json("project", "create", "acme")
    return ctl_json("key", "create", project["id_project"], "ci")["key"]

"""What an administrator changes at one server soon holds at all servers."""

import time

import pytest

from servers import servers

# Seconds, from AdminService in the protos.
SOON = 5
# Seconds, for a machine that is slow.
TOLERANCE = 5


@pytest.fixture(scope="module")
def pair(cluster, tmp_path_factory):
    """Two servers of one database, as services."""
    url = f"{cluster.create_database()}&beat=200ms"
    with servers(tmp_path_factory.mktemp("servers"), url, 2) as (all, _):
        yield all.services


@pytest.fixture
def admin(pair):
    """The calls of administrators at the first server."""
    with pair[0].channel() as channel:
        yield pair[0].admin(channel)


@pytest.fixture
def project(admin):
    return admin.CreateProject(name="acme").id_project


@pytest.fixture
def key(admin, project):
    return admin.CreateApiKey(id_project=project, name="ci")


def status(service, key):
    return service.get("/webhooks", headers={"x-api-key": key.key}).status


def await_status(service, key, expected):
    """Calls the server without a pause until it answers with a status. The
    use of a key must not prolong its life."""
    start = time.monotonic()
    while (answer := status(service, key)) != expected:
        assert answer == 200
        assert time.monotonic() - start < SOON + TOLERANCE
        time.sleep(0.02)


def test_a_revoked_key_opens_nothing(pair, admin, key):
    assert [status(one, key) for one in pair] == [200, 200]
    admin.RevokeApiKey(id=key.api_key.id_api_key)
    assert status(pair[0], key) == 401
    await_status(pair[1], key, 401)


def test_a_deleted_project_has_no_keys(pair, admin, project, key):
    assert [status(one, key) for one in pair] == [200, 200]
    admin.DeleteProject(id=project)
    assert status(pair[0], key) == 401
    await_status(pair[1], key, 401)


def test_a_limit_of_calls_holds(pair, admin, project, key):
    assert [status(one, key) for one in pair] == [200, 200]
    admin.UpdateProject(id=project, max_requests_per_second=1)
    await_status(pair[0], key, 429)
    await_status(pair[1], key, 429)


def test_a_new_key_opens_its_project_at_once(pair, admin, project):
    for number in range(20):
        key = admin.CreateApiKey(id_project=project, name=str(number))
        assert status(pair[1], key) == 200

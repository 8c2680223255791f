"""The limits and the order of webhooks hold while servers join and leave."""

import pytest

from receiver import Api
from recorder import Recorder
from servers import Publisher, await_all, await_owners, fleet

SETTINGS = {
    **{f"/ordered/{n}": {"ordered": True} for n in range(4)},
    **{f"/one/{n}": {"max_in_flight": 1} for n in range(4)}}


@pytest.fixture(scope="module")
def outcome(cluster, tmp_path_factory):
    """What three servers did under load, while one joined and one left."""
    url = f"{cluster.create_database()}&beat=200ms"
    folder = tmp_path_factory.mktemp("servers")
    with Recorder() as recorder, fleet(folder, url, 3, 2) as (all, gateways):
        api = Api(gateways[0])
        for path, its in SETTINGS.items():
            api.webhook(recorder.url(path), ["t"], delivery=its)
        await_owners(cluster, url, 3)
        with Publisher(gateways, clients=2, pause=0.2) as publisher:
            publisher.await_accepted(20)
            all.start_server()
            await_owners(cluster, url, 4)
            publisher.await_accepted(60)
            all.services[0].server.stop()
            await_owners(cluster, url, 3)
            publisher.await_accepted(len(publisher.accepted) + 20)
        repeats = {path: await_all(recorder, publisher.accepted, path)
                   for path in SETTINGS}
        yield recorder, publisher, repeats


def paths(kind):
    return [path for path in SETTINGS if path.startswith(f"/{kind}/")]


def test_nothing_arrives_twice(outcome):
    assert set(outcome[2].values()) == {0}


@pytest.mark.parametrize("path", paths("ordered"))
def test_the_order_holds(outcome, path):
    recorder, publisher, _ = outcome
    for events in publisher.sequences:
        assert recorder.misplaced(path, events) == []


@pytest.mark.parametrize("path", paths("ordered") + paths("one"))
def test_one_request_at_a_time(outcome, path):
    assert outcome[0].most_in_flight[path] == 1

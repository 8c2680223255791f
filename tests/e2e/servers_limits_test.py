"""The limits and the order of webhooks hold while servers join and leave."""

import datetime

import pytest

from receiver import Api
from recorder import Recorder
from servers import Publisher, await_all, await_owners, fleet

RATE = 10
# Seconds, for attempts that begin a little later than the moment that counts.
TOLERANCE = 0.02
SETTINGS = {
    **{f"/ordered/{n}": {"ordered": True} for n in range(4)},
    **{f"/one/{n}": {"max_in_flight": 1} for n in range(4)},
    **{f"/rate/{n}": {"max_per_second": RATE} for n in range(10)}}


def starts(api, webhook):
    """Returns the times at which the attempts for a webhook began, sorted."""
    deliveries = api.deliveries(id_webhook_endpoint=webhook, page_size=1000)
    return sorted(
        datetime.datetime.fromisoformat(attempt["started_at"]).timestamp()
        for delivery in deliveries for attempt in delivery["attempts"])


@pytest.fixture(scope="module")
def outcome(cluster, tmp_path_factory):
    """What three servers did under load, while one joined and one left."""
    url = f"{cluster.create_database()}&beat=200ms"
    folder = tmp_path_factory.mktemp("servers")
    with Recorder() as recorder, fleet(folder, url, 3, 2) as (all, gateways):
        api = Api(gateways[0])
        webhooks = {path: api.webhook(recorder.url(path), ["t"], delivery=its)
                    for path, its in SETTINGS.items()}
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
        began = {path: starts(api, webhook["id_webhook_endpoint"])
                 for path, webhook in webhooks.items()}
        yield recorder, publisher, repeats, began


def paths(kind):
    return [path for path in SETTINGS if path.startswith(f"/{kind}/")]


def test_nothing_arrives_twice(outcome):
    assert set(outcome[2].values()) == {0}


@pytest.mark.parametrize("path", paths("ordered"))
def test_the_order_holds(outcome, path):
    recorder, publisher, *_ = outcome
    for events in publisher.sequences:
        assert recorder.misplaced(path, events) == []


@pytest.mark.parametrize("path", paths("ordered") + paths("one"))
def test_one_request_at_a_time(outcome, path):
    assert outcome[0].most_in_flight[path] == 1


@pytest.mark.parametrize("path", paths("rate"))
def test_the_rate_holds(outcome, path):
    began = outcome[3][path]
    assert len(began) >= len(outcome[1].accepted)
    for first, next in zip(began, began[RATE:]):
        assert next - first > 1 - TOLERANCE

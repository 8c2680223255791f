"""Several servers on one database of PostgreSQL share the deliveries."""

import base64
import contextlib
import queue
import re
import signal
import socket
import threading
import time

from webhooks.v1 import admin_pb2, event_service_pb2_grpc
from processes import PATIENCE, run
from receiver import Receiver
from recorder import Recorder
from servers import Publisher, await_all, await_owners, servers
from service import REFERENCE, Service


def test_what_one_server_accepts_another_delivers_at_once(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (_, apis):
        await_owners(cluster, postgres_url, 2)
        for number in range(20):
            webhook = apis[number % 2].webhook(
                receiver.url(f"/{number}"), [f"type.{number}"])
            assert apis[1 - number % 2].call(
                "GET", f"/webhooks/{webhook['id_webhook_endpoint']}") == webhook
        for number in range(20):
            event = apis[0].publish(f"type.{number}")
            receiver.await_requests(1, f"/{number}")
            assert apis[1].delivered(event)["attempts"]
        assert len(receiver.requests) == 20


def test_a_change_of_a_webhook_reaches_the_server_that_delivers(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (_, apis):
        await_owners(cluster, postgres_url, 2)
        webhooks = [apis[0].webhook(receiver.url("/before"), None)
                    for _ in range(10)]
        for number, webhook in enumerate(webhooks):
            apis[number % 2].call(
                "PATCH", f"/webhooks/{webhook['id_webhook_endpoint']}",
                {"url": receiver.url("/after")})
        apis[0].publish()
        receiver.await_requests(10, "/after")
        assert not receiver.at("/before")


def test_nothing_is_lost_when_a_server_is_killed_and_another_joins(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 3) as (all, apis):
        for _ in range(8):
            apis[0].webhook(receiver.url("/each"), ["other"])
        apis[0].webhook(receiver.url(), ["t"])
        await_owners(cluster, postgres_url, 3)
        with Publisher(all.services) as publisher:
            publisher.await_accepted(50)
            all.services[0].server.kill()
            publisher.await_accepted(150)
            await_owners(cluster, postgres_url, 2)
            all.start()
            await_owners(cluster, postgres_url, 3)
            publisher.await_accepted(250)
        repeats = await_all(receiver, publisher.accepted)
        print(f"{len(publisher.accepted)} accepted, {repeats} repeated")
        # Those that were in flight when the server was killed.
        assert repeats <= 100


def test_a_stopped_server_is_replaced_and_comes_back(cluster, tmp_path, postgres_url):
    paths = [f"/{number}" for number in range(16)]
    with Recorder() as recorder, servers(tmp_path, postgres_url, 2) as (all, apis):
        for path in paths:
            apis[0].webhook(recorder.url(path), ["t"])
        await_owners(cluster, postgres_url, 2)
        with Publisher(all.services[1:]) as publisher:
            publisher.await_accepted(10)
            all.services[0].server.pause()
            try:
                await_owners(cluster, postgres_url, 1)
                publisher.await_accepted(30)
            finally:
                all.services[0].server.resume()
            await_owners(cluster, postgres_url, 2)
            publisher.await_accepted(50)
        repeats = sum(await_all(recorder, publisher.accepted, path=path)
                      for path in paths)
        print(f"{len(publisher.accepted)} accepted, {repeats} repeated")
        # Those that were in flight when the server was stopped: each webhook
        # has at most 8.
        assert repeats <= 8 * len(paths)


def test_a_short_stop_of_a_server_delays_nothing_for_long(
        cluster, tmp_path, postgres_url):
    paths = [f"/{number}" for number in range(32)]
    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (all, apis):
        for path in paths:
            apis[1].webhook(receiver.url(path), [f"type.{path[1:]}"])
        await_owners(cluster, postgres_url, 2)
        while paths:
            all.services[0].server.pause()
            # It owns nothing after 3 beats, and is dead after 5.
            resumed = time.monotonic() + 0.7
            some = [paths.pop() for _ in range(4)]
            for path in some:
                apis[1].publish(f"type.{path[1:]}")
            time.sleep(max(0, resumed - time.monotonic()))
            all.services[0].server.resume()
            for path in some:
                receiver.await_requests(1, path)


def test_a_server_that_ends_in_order_leaves_nothing_behind(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (all, apis):
        apis[0].webhook(receiver.url(), ["t"])
        await_owners(cluster, postgres_url, 2)
        with Publisher(all.services[1:]) as publisher:
            publisher.await_accepted(20)
            all.services[0].server.stop()
            await_owners(cluster, postgres_url, 1)
            publisher.await_accepted(40)
        assert await_all(receiver, publisher.accepted) == 0
        database = postgres_url.split("&")[0]
        assert cluster.query(
            database, "SELECT count(*) FROM webhooks.servers") == ["1"]
        assert cluster.query(
            database, "SELECT count(*) FROM webhooks.lanes") == ["4"]


def test_an_ordered_webhook_keeps_its_order_when_its_server_changes(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (all, apis):
        webhooks = [
            apis[0].webhook(receiver.url(f"/{number}"), ["t"],
                            delivery={"ordered": True})
            for number in range(6)]
        assert len(webhooks) == 6
        await_owners(cluster, postgres_url, 2)
        published = []
        for number in range(60):
            published.append(apis[1].publish("t", number)["id_event"])
            if number == 20:
                all.services[0].server.kill()
        for number in range(6):
            def first_arrivals():
                ids = [r.id for r in receiver.at(f"/{number}")]
                return list(dict.fromkeys(ids))
            end = time.monotonic() + PATIENCE
            while len(first_arrivals()) < len(published):
                assert time.monotonic() < end, first_arrivals()
                time.sleep(0.05)
            assert first_arrivals() == published


def test_a_server_that_does_not_deliver_leaves_it_to_others(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 1) as (all, _):
        passive = all.start("--deliver=false")
        for number in range(8):
            passive.webhook(receiver.url(f"/{number}"), ["t"])
        await_owners(cluster, postgres_url, 1)
        passive.publish("t")
        for number in range(8):
            receiver.await_requests(1, f"/{number}")


def test_the_servers_are_listed_until_they_end(
        cluster, tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 2) as (all, _):
        all.start("--deliver=false")
        await_owners(cluster, postgres_url, 2)
        with all.services[0].channel() as channel:
            admin = all.services[0].admin(channel)
            listed = admin.ListServers().servers
            assert [one.delivers for one in listed] == [True, True, False]
            assert [one.answering for one in listed] == [True, False, False]
            assert sum(one.shards for one in listed) == 1024
            assert listed[2].shards == 0
            assert list(listed) == sorted(
                listed, key=lambda one: one.started_at.ToNanoseconds())
            for one in listed:
                assert one.name == f"{socket.gethostname()}/127.0.0.1:0"
                assert admin_pb2.Server.State.Name(one.state) == "LIVE"
                assert re.fullmatch(r"\d+\.\d+\.\d+", one.version)
                assert abs(one.started_at.seconds - time.time()) < 600
                assert not one.leaving
            all.services[1].server.kill()
            end = time.monotonic() + PATIENCE
            while len(admin.ListServers().servers) != 2:
                assert time.monotonic() < end
                time.sleep(0.05)


def test_a_server_that_stops_is_shown_as_leaving(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver, servers(tmp_path, postgres_url, 2) as (all, apis):
        await_owners(cluster, postgres_url, 2)
        receiver.answer("/", "hang")
        # Both servers have some, whose attempts keep them from ending.
        for _ in range(40):
            apis[0].webhook(receiver.url(), ["t"])
        apis[0].publish("t")
        receiver.await_requests(40)
        all.services[1].server.signal_stop()
        with all.services[0].channel() as channel:
            admin = all.services[0].admin(channel)
            end = time.monotonic() + PATIENCE
            while [one.leaving for one in admin.ListServers().servers] != [
                    False, True]:
                assert time.monotonic() < end, all.services[1].server.log()
                time.sleep(0.05)
        all.services[1].server.kill()


def test_webhookctl_lists_the_servers(tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 1) as (all, _):
        call = ["webhookctl", f"--server={all.services[0].server.address}"]
        environment = {"WEBHOOKS_KEY": all.services[0].admin_key}
        listed = run(*call, "server", "list", env=environment)
        assert listed.returncode == 0, listed
        head, row = listed.stdout.splitlines()
        assert head.split() == [
            "ID_SERVER", "NAME", "STATE", "VERSION", "SHARDS", "BEAT_AGE",
            "DELIVERS", "STARTED_AT"]
        id_server, name, state, _, shards = row.split()[:5]
        assert (name, state, shards) == (
            f"{socket.gethostname()}/127.0.0.1:0", "LIVE", "1024")
        all.services[0].server.await_line(
            f"joined the servers of the database id_server={id_server} "
            f"name={name}$")
        refused = run(*call, "server", "list",
                      env={"WEBHOOKS_KEY": all.services[0].key})
        assert refused.returncode == 4, refused


def limited_key(service, limit):
    """Returns the key of a new project with `limit` calls a second."""
    with service.channel() as channel:
        admin = service.admin(channel)
        project = admin.CreateProject(
            name="limited", max_requests_per_second=limit)
        return admin.CreateApiKey(id_project=project.id_project, name="a").key


def rate_of(service, key):
    """Returns the headers about the limit after a call."""
    answer = service.request("GET", "/webhooks", headers={"x-api-key": key})
    return [int(answer.header(f"ratelimit-{name}"))
            for name in ("limit", "remaining", "reset")]


def await_servers(service, count):
    """Waits until the server divides limits by `count`."""
    end = time.monotonic() + PATIENCE
    # The first call of a project takes 1 of its share of 10.
    while rate_of(service, limited_key(service, 10 * count)) != [
            10 * count, 9 * count, 1]:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_servers_divide_the_rate_of_a_project(tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 2) as (all, _):
        first, second = all.services
        for one in all.services:
            await_servers(one, 2)
        key = limited_key(first, 1)
        # Each server has half a call a second.
        assert rate_of(first, key) == [1, 0, 2]
        assert rate_of(second, key) == [1, 0, 2]
        # Through both, a client gets its limit, and no more.
        key = limited_key(first, 40)
        begin = time.monotonic()
        accepted = sum(
            all.services[n % 2].request(
                "GET", "/webhooks", headers={"x-api-key": key}).status == 200
            for n in range(200))
        seconds = time.monotonic() - begin
        assert 40 <= accepted <= 40 + 40 * seconds + 2
        second.server.stop()
        await_servers(first, 1)
        third = all.start()
        assert third
        await_servers(first, 2)
        all.services[2].server.kill()
        await_servers(first, 1)


def test_servers_divide_the_calls_in_flight_of_a_key(tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 0) as (all, _):
        for _ in range(2):
            all.start("--max_calls_per_key=2")
        first, second = all.services
        await_servers(first, 2)

        def list_webhooks(service):
            return service.request("GET", "/webhooks",
                                   headers={"x-api-key": first.key})

        with first.channel() as channel:
            def begin_stream():
                events = queue.Queue()
                return events, event_service_pb2_grpc.EventServiceStub(
                    channel).PublishStream.future(
                        iter(events.get, None), metadata=first.metadata())

            events, stream = begin_stream()
            end = time.monotonic() + PATIENCE
            while list_webhooks(first).status != 429:
                assert time.monotonic() < end
                if stream.done():  # refused, beside a list
                    events.put(None)
                    events, stream = begin_stream()
            assert list_webhooks(first).reason() == "TOO_MANY_CALLS"
            assert list_webhooks(second).status == 200
            second.server.stop()
            end = time.monotonic() + PATIENCE
            while list_webhooks(first).status != 200:
                assert time.monotonic() < end
            events.put(None)
            stream.result(PATIENCE)


def test_a_gateway_spreads_calls_and_leaves_out_a_dead_server(
        cluster, tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 2) as (all, _):
        gateway = all.start_gateway()
        pair = all.services[:2]
        for _ in range(20):
            assert gateway.post(REFERENCE).status == 201
        for one in pair:
            one.server.await_lines("Create", 5)
        pair[0].server.kill()
        end = time.monotonic() + PATIENCE
        while gateway.post(REFERENCE).status != 201:
            assert time.monotonic() < end
        for _ in range(20):
            assert gateway.post(REFERENCE).status == 201


@contextlib.contextmanager
def started_at_once(services, *flags):
    """Starts the servers, each in a thread that waits for it."""
    is_over = threading.Event()
    running = threading.Barrier(len(services) + 1)

    def start(one):
        one.start_server(*flags)
        running.wait(PATIENCE)
        is_over.wait()  # a process ends with the thread that has started it

    threads = [threading.Thread(target=start, args=[one]) for one in services]
    try:
        for thread in threads:
            thread.start()
        running.wait(PATIENCE)
        for one in services:
            one.start_gateway()
            one.await_ready()
        yield
    finally:
        for one in services:
            one.stop()
        is_over.set()
        for thread in threads:
            thread.join()


def projects(service):
    with service.channel() as channel:
        return service.admin(channel).ListProjects().projects


def test_servers_that_start_at_once_make_one_project(tmp_path, postgres_url):
    keys = tmp_path / "secret-key"
    keys.write_text(base64.b64encode(bytes(range(32))).decode() + "\n")
    keys.chmod(0o600)
    services = []
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        services.append(Service(tmp_path / name, postgres_url))
    with started_at_once(services, f"--secret_key_file={keys}"):
        [made] = [one for one in services if (one.folder / "api-key").exists()]
        for one in services:
            assert len(projects(one)) == 1
            assert one.request("GET", "/webhooks",
                               headers={"x-api-key": made.key}).status == 200


def test_servers_that_start_at_once_make_one_set_of_key_files(
        tmp_path, postgres_url):
    services = [Service(tmp_path, postgres_url) for _ in range(3)]
    with started_at_once(services):
        made = services[0].post(REFERENCE).json()
        for one in services:
            assert len(projects(one)) == 1
            # With its secret.
            assert one.get("/webhooks").json() == [made]
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "admin-key", "api-key", "secret-key"]
    with started_at_once(services):
        assert services[0].get("/webhooks").json() == [made]


def test_a_server_with_another_secret_key_does_not_start(
        tmp_path, postgres_url):
    (tmp_path / "other").mkdir()
    first = Service(tmp_path, postgres_url)
    first.start_server()
    try:
        result = run("webhook-server", "--listen=127.0.0.1:0",
                     f"--database={postgres_url}",
                     *(f"--{name}_file={tmp_path}/other/{name}"
                       for name in ("api_key", "admin_key", "secret_key")))
        assert result.returncode == 1
        assert "secret" in result.stderr + result.stdout
    finally:
        first.server.stop()

"""webhookctl listen, and the deliveries that it shows."""

import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import pytest

from processes import BIN, PATIENCE, clean_environment, limited, run
from receiver import Receiver, delivering
from service import Service


@contextlib.contextmanager
def listening(server, key, *args):
    """A running `webhookctl listen`, and the first line that it printed."""
    listen = subprocess.Popen(
        [BIN / "webhookctl", f"--server={server.address}", "listen", *args],
        env=clean_environment({"WEBHOOKS_KEY": key}), stdout=subprocess.PIPE,
        text=True)
    try:
        with limited(listen):
            yield listen, listen.stdout.readline()
    finally:
        listen.terminate()
        listen.wait(PATIENCE)
        listen.stdout.close()


def read_event(listen):
    """Returns the first line about the next event, and its headers."""
    first = listen.stdout.readline()
    headers = {}
    while not {"webhook-id", "webhook-signature", "panora-signature"} <= set(
            headers):
        name, value = listen.stdout.readline().strip().split(": ", 1)
        headers[name] = value
    return first, headers


HOW = pytest.mark.parametrize("how", [[], ["--pull"]], ids=["called", "pulling"])


@HOW
def test_an_event_is_shown_with_its_headers(tmp_path, how):
    with delivering(tmp_path) as api:
        with listening(api.service.server, api.service.key, *how) as (
                listen, started):
            assert re.search(r"secret whsec_\S+;", started)
            event = api.publish("a.b", {"x": 1.50})
            line, headers = read_event(listen)
            assert " verified " in line
            assert headers["webhook-id"] == event["id_event"]
            assert headers["webhook-signature"].startswith("v1,")
            assert len(headers["panora-signature"]) == 64
        assert api.call("GET", "/webhooks") == []


@HOW
def test_an_application_gets_each_event_and_decides(tmp_path, how):
    with delivering(tmp_path, "--retry_schedule=0s,1s") as api, Receiver() as (
            application):
        application.answer("/hook", 500, 200)
        with listening(api.service.server, api.service.key, *how,
                       f"--forward_to={application.url('/hook')}") as (
                listen, started):
            secret = re.search(r"secret (\S+);", started)[1]
            event = api.publish("a.b", {"x": 1})
            assert [read_forwarded(listen) for _ in range(2)] == ["500", "200"]
            requests = application.await_requests(2, "/hook")
            assert {r.id for r in requests} == {event["id_event"]}
            body = requests[0].body.decode()
            response = api.service.request(
                "POST", "/webhooks/verifyEvent", json.dumps({
                    "body": body, "secret": secret,
                    "signature": requests[0].headers["panora-signature"],
                    "webhook_id": requests[0].headers["webhook-id"],
                    "webhook_timestamp":
                        requests[0].headers["webhook-timestamp"],
                    "webhook_signature":
                        requests[0].headers["webhook-signature"]}).encode())
            assert response.status == 201, response.body


def read_forwarded(listen):
    """Returns the status that the application answered to the next event."""
    for line in listen.stdout:
        if found := re.search("forwarded: (.*)", line):
            return found[1]
    return None


def test_an_application_that_is_not_there_gets_the_event_later(tmp_path):
    with delivering(tmp_path, "--retry_schedule=0s,24h") as api:
        with listening(api.service.server, api.service.key,
                       "--forward_to=http://127.0.0.1:1/") as (listen, _):
            event = api.publish("a.b", {})
            assert "refused" in read_forwarded(listen)
            waiting = api.await_deliveries(1, id_event=event["id_event"])[0]
            while not waiting["attempts"]:
                waiting = api.deliveries(id_event=event["id_event"])[0]
            assert waiting["attempts"][0]["status"] == 502


def test_a_url_that_is_not_local_http_is_refused(tmp_path):
    for url in "https://a.example/", "localhost:3000", "http://":
        result = run("webhookctl", "listen", f"--forward_to={url}",
                     env={"WEBHOOKS_KEY": "k"})
        assert result.returncode == 1
        assert "--forward_to" in result.stderr


@HOW
def test_a_webhook_of_ones_own_keeps_its_secret_and_its_events(tmp_path, how):
    with delivering(tmp_path) as api:
        webhook = api.webhook(None, None)
        id = webhook["id_webhook_endpoint"]
        server, key = api.service.server, api.service.key
        with listening(server, key, f"--webhook={id[-12:]}", *how) as (
                listen, started):
            assert webhook["secret"] in started
        assert api.call("GET", f"/webhooks/{id}")["url"] is None
        missed = api.publish("a.b", {})
        assert api.await_deliveries(1, state="HELD")
        with listening(server, key, f"--webhook={id}", *how) as (listen, _):
            assert missed["id_event"] in read_event(listen)[0]


def await_stop(listen, how, started):
    """Waits until the signal to stop has come."""
    port = re.search(r"127\.0\.0\.1:(\d+)", started)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if how:
            pending = re.search(r"^ShdPnd:\s*(\w+)", pathlib.Path(
                f"/proc/{listen.pid}/status").read_text(), re.MULTILINE)[1]
            if int(pending, 16) & 1 << (signal.SIGINT - 1):
                return
        else:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", int(port[1]))):
                    return
    raise AssertionError("it does not stop")


@HOW
def test_a_stop_waits_for_the_answer_of_the_application(tmp_path, how):
    answer = threading.Event()
    with delivering(tmp_path) as api, Receiver() as application:
        application.answer("/hook", answer)
        id = api.webhook(None, None)["id_webhook_endpoint"]
        events = [api.publish("a.b") for _ in range(3 if how else 0)]
        with listening(api.service.server, api.service.key, *how,
                       f"--webhook={id}",
                       f"--forward_to={application.url('/hook')}") as (
                listen, started):
            first, *later = events or [api.publish("a.b")]
            application.await_requests(1, "/hook")
            listen.send_signal(signal.SIGINT)
            await_stop(listen, how, started)
            answer.set()
            assert listen.wait(PATIENCE) == 0
            assert f'"id_event":"{first["id_event"]}"' in listen.stdout.read()
        delivery = api.delivered(first, "CANCELLED" if how else "DELIVERED")
        assert delivery["attempt_count"] == (0 if how else 1)
        assert len(application.at("/hook")) == 1
        for event in later:
            api.delivered(event, "HELD")
        assert api.call("GET", f"/webhooks/{id}")["url"] is None


@pytest.mark.parametrize("status, shown", [(500, True), (200, False)])
def test_the_answer_of_an_application_that_refuses_is_shown(tmp_path, status,
                                                            shown):
    with delivering(tmp_path, "--retry_schedule=0s,24h") as api, Receiver() as (
            application):
        application.answer("/hook", status)
        with listening(api.service.server, api.service.key,
                       f"--forward_to={application.url('/hook')}") as (
                listen, _):
            event = api.publish("a.b")
            assert read_forwarded(listen) == str(status)
            if shown:
                assert listen.stdout.readline() == "    answer: ok\n"
            listen.send_signal(signal.SIGINT)
            assert listen.wait(PATIENCE) == 0
            assert listen.stdout.read() == ""
        found = api.deliveries(id_event=event["id_event"])[0]
        assert found["attempts"][0]["response_body"] == "ok"


def test_an_inactive_webhook_is_not_listened_to_in_silence(tmp_path):
    with delivering(tmp_path) as api:
        id = api.webhook(None, None)["id_webhook_endpoint"]
        api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
        server, key = api.service.server, api.service.key
        result = run("webhookctl", f"--server={server.address}", "listen",
                     f"--webhook={id}", env={"WEBHOOKS_KEY": key})
        assert result.returncode == 6 and result.stdout == ""
        assert f"webhook update {id} --active=true" in result.stderr
        assert api.call("GET", f"/webhooks/{id}")["url"] is None
        held = api.publish("a.b")
        with listening(server, key, f"--webhook={id}", "--pull") as (listen, _):
            assert held["id_event"] in read_event(listen)[0]


def test_a_webhook_that_delivers_to_others_is_not_changed(tmp_path):
    with delivering(tmp_path) as api:
        webhook = api.webhook("http://127.0.0.2:9/", None)
        result = run("webhookctl", f"--server={api.service.server.address}",
                     "listen", f"--webhook={webhook['id_webhook_endpoint']}",
                     env={"WEBHOOKS_KEY": api.service.key})
        assert result.returncode == 6
        assert "127.0.0.2" in result.stderr
        assert api.call("GET", "/webhooks")[0]["url"] == webhook["url"]


def test_a_newcomer_sees_a_webhook_fire(tmp_path):
    with delivering(tmp_path) as api:
        def ctl(*args):
            result = run(
                "webhookctl", f"--server={api.service.server.address}",
                *args, env={"WEBHOOKS_KEY": api.service.key})
            assert result.returncode == 0, result
            return result.stdout

        listen = subprocess.Popen(
            [BIN / "webhookctl", f"--server={api.service.server.address}",
             "listen", "--scope=a.b"],
            env=clean_environment({"WEBHOOKS_KEY": api.service.key}),
            stdout=subprocess.PIPE, text=True)
        try:
            assert " listens at " in listen.stdout.readline()
            ctl("event", "publish", "a.b", '{"x":1}')
            line = listen.stdout.readline()
            assert " verified " in line and '"data":{"x":1}' in line
            api.await_deliveries(1, state="DELIVERED")
            rows = json.loads(ctl("--json", "delivery", "list",
                                  "--state=delivered"))
            shown = ctl("delivery", "get", rows[0]["id_delivery"])
            assert re.search(r"1 of \d+ .* 200 ", shown)
            assert "DELIVERED" in ctl("delivery", "explain",
                                      rows[0]["id_event"],
                                      rows[0]["id_webhook_endpoint"])
            listen.terminate()
            assert listen.wait(PATIENCE) == 0
            assert json.loads(ctl("--json", "webhook", "list")) == []
        finally:
            listen.kill()
            listen.wait()
            listen.stdout.close()


def test_what_arrives_is_listed_as_json(tmp_path):
    with delivering(tmp_path) as api:
        listen = subprocess.Popen(
            [BIN / "webhookctl", f"--server={api.service.server.address}",
             "--json", "listen", "--scope=a.b"],
            env=clean_environment({"WEBHOOKS_KEY": api.service.key}),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert " listens at " in listen.stderr.readline()
            api.publish("a.b", {"x": 12345678901234567890})
            line = json.loads(listen.stdout.readline())
            assert line["verified"] is True
            assert line["headers"]["webhook-id"] == line["body"]["id_event"]
            assert line["body"]["data"] == {"x": 12345678901234567890}
        finally:
            listen.terminate()
            listen.wait()
            listen.stdout.close()
            listen.stderr.close()


def connections_to(port):
    """Returns the established connections to a local port."""
    lines = [line for table in ("tcp", "tcp6") for line in
             pathlib.Path("/proc/net", table).read_text().splitlines()[1:]]
    return [line for line in map(str.split, lines)
            if line[2].endswith(f":{port:04X}") and line[3] == "01"]


def test_whoever_listens_keeps_no_connection_that_a_stop_waits_for(tmp_path):
    service = Service(tmp_path)
    try:
        server = service.start_server("--allow_http_urls",
                                      "--allow_targets=127.0.0.0/8")
        listen = subprocess.Popen(
            [BIN / "webhookctl", f"--server={server.address}", "listen"],
            env=clean_environment({"WEBHOOKS_KEY": service.key}),
            stdout=subprocess.PIPE, text=True)
        try:
            assert " listens at " in listen.stdout.readline()
            port = int(server.address.rsplit(":", 1)[1])
            end = time.monotonic() + PATIENCE
            while connections_to(port):
                assert time.monotonic() < end
        finally:
            listen.kill()
            listen.wait()
            listen.stdout.close()
    finally:
        service.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a network")
def test_a_server_in_another_network_is_answered_with_the_way_to_fetch(
        tmp_path):
    address = f"unix:{tmp_path}/socket"
    server = subprocess.Popen(
        ["unshare", "-n", "sh", "-euc", 'ip link set lo up; exec "$@"', "sh",
         BIN / "webhook-server", f"--listen={address}", "--allow_http_urls",
         f"--database=sqlite:{tmp_path}/webhooks.db",
         "--allow_targets=127.0.0.0/8"],
        env=clean_environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert any("listening" in line for line in server.stdout)
        key = (tmp_path / "api-key").read_text().strip()
        result = run("webhookctl", f"--server={address}", "listen",
                     env={"WEBHOOKS_KEY": key})
        assert result.returncode == 6 and "--pull" in result.stderr
        listed = run("webhookctl", f"--server={address}", "--json", "webhook",
                     "list", env={"WEBHOOKS_KEY": key})
        assert json.loads(listed.stdout) == []
    finally:
        server.terminate()
        server.wait(PATIENCE)
        server.stdout.close()


def test_listen_says_what_the_server_lacks(ctl, key):
    result = ctl("listen", key=key, code=6)
    assert "--allow_http_urls" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("flags, missing", [
    (["--allow_targets=10.0.0.1"], "--allow_targets=127.0.0.1"),
    (["--allow_targets=127.0.0.1", "--deliver=false"], "does not deliver")])
def test_listen_does_not_wait_for_what_will_not_come(tmp_path, flags, missing):
    service = Service(tmp_path)
    try:
        server = service.start_server("--allow_http_urls", *flags)
        for args, code in (["listen"], 6), (["webhook", "list"], 0):
            result = run("webhookctl", "--json", f"--server={server.address}",
                         *args, env={"WEBHOOKS_KEY": service.key})
            assert result.returncode == code
            if code:
                assert missing in result.stderr
        assert json.loads(result.stdout) == []
    finally:
        service.stop()

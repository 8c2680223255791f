"""webhookctl on deliveries: why did an event not arrive?"""

import contextlib
import json
import re
import signal
import subprocess

import pytest

from processes import BIN, PATIENCE, clean_environment, limited, run

HEADING = ["DELIVERY", "EVENT", "TYPE", "STATE", "ATTEMPT", "RESULT", "AGE",
           "NEXT", "WEBHOOK"]
FOLLOWED_HEADING = ["TIME_UTC", "DELIVERY", "EVENT", "TYPE", "STATE", "ATTEMPT",
                    "RESULT", "NEXT", "WEBHOOK"]


@pytest.fixture
def deliveries_ctl(api):
    """Runs a command with the key of the service that delivers."""
    def call(*args, code=0):
        result = run("webhookctl", f"--server={api.service.server.address}",
                     *args, env={"WEBHOOKS_KEY": api.service.key})
        assert result.returncode == code, result
        return result
    return call


@pytest.fixture
def failed(api, receiver, place):
    """A delivery that has failed at every attempt of its schedule."""
    path, type = place
    receiver.answer(path, 500)
    api.webhook(receiver.url(path), [type])
    return api.delivered(api.publish(type), "FAILED")


def test_a_list_fits_a_terminal(api, failed, deliveries_ctl):
    api.publish("a" * 200)
    lines = deliveries_ctl("delivery", "list").stdout.splitlines()
    assert lines[0].split() == HEADING
    assert all(len(line) <= 120 for line in lines)
    line = next(line for line in lines if failed["id_delivery"][-12:] in line)
    assert line.split()[1] == failed["id_event"][-12:]
    count = failed["attempt_count"]
    assert re.search(rf" FAILED +{count} of {count} +500 +\d+s +- ", line)


def test_a_list_begins_at_a_time_before_now(failed, deliveries_ctl):
    listed = json.loads(
        deliveries_ctl("--json", "delivery", "list", "--since=1h").stdout)
    assert failed["id_delivery"] in {d["id_delivery"] for d in listed}
    assert "--since" in deliveries_ctl(
        "delivery", "list", "--since=1h", "--start_time=2026-01-01T00:00:00Z",
        code=1).stderr
    assert "--since" in deliveries_ctl("event", "list", "--since=-1h",
                                       code=1).stderr


def test_the_part_of_an_id_that_lists_show_is_enough(failed, deliveries_ctl):
    for part in failed["id_delivery"][-12:], failed["id_delivery"][:-1]:
        assert failed["id_delivery"] in deliveries_ctl(
            "delivery", "get", part).stdout
    assert failed["id_event"] in deliveries_ctl(
        "event", "get", failed["id_event"][-12:]).stdout
    listed = json.loads(deliveries_ctl(
        "--json", "delivery", "list",
        f"--webhook={failed['id_webhook_endpoint'][-12:]}").stdout)
    assert [d["id_delivery"] for d in listed] == [failed["id_delivery"]]
    assert "no delivery" in deliveries_ctl(
        "delivery", "get", "ffffffffffff", code=3).stderr
    for event in failed["id_event"], failed["id_event"][-12:]:
        assert "delivery explain EVENT" in deliveries_ctl(
            "delivery", "get", event, code=3).stderr


def test_an_event_is_delivered_by_the_parts_of_ids(api, receiver, place,
                                                   deliveries_ctl):
    path, type = place
    event = api.publish(type)["id_event"]
    webhook = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    deliveries_ctl("event", "deliver", event[-12:], webhook[-12:])
    assert receiver.await_requests(1, path)[0].id == event


def test_a_part_of_several_ids_is_refused(api, failed, deliveries_ctl):
    api.publish(failed["event_type"])
    api.await_deliveries(2, id_webhook_endpoint=failed["id_webhook_endpoint"])
    stderr = deliveries_ctl("delivery", "get", failed["id_delivery"][:5],
                            code=1).stderr
    assert failed["id_delivery"] in stderr


def test_attempts_are_a_table(failed, deliveries_ctl):
    shown = deliveries_ctl("delivery", "get", failed["id_delivery"]).stdout
    count = failed["attempt_count"]
    for number in range(1, count + 1):
        assert re.search(rf"^{number} of {count} .* 500 +the receiver answered "
                         "500: ok$", shown, re.MULTILINE)
    # The same after a command that changes it, and in an explanation.
    for command in (["explain", failed["id_event"],
                     failed["id_webhook_endpoint"]],
                    ["retry", failed["id_delivery"]]):
        shown = deliveries_ctl("delivery", *command).stdout
        assert re.search(r"^ATTEMPT +STARTED .*\n1 of ", shown, re.MULTILINE)


def test_an_attempt_has_a_hint(api, receiver, place, deliveries_ctl):
    path, type = place
    id = api.webhook(receiver.url(path).replace("http:", "https:"), [type])[
        "id_webhook_endpoint"]
    delivery = api.delivered(api.publish(type), "FAILED")
    assert "plain HTTP" in deliveries_ctl(
        "delivery", "get", delivery["id_delivery"]).stdout
    assert "TLS_HANDSHAKE" in deliveries_ctl(
        "delivery", "list", f"--webhook={id}").stdout


def test_an_event_is_explained_for_every_webhook(api, failed, deliveries_ctl):
    other = api.webhook(None, ["another.type"])["id_webhook_endpoint"]
    lines = deliveries_ctl("delivery", "explain",
                           failed["id_event"]).stdout.splitlines()
    assert lines[0].split() == ["WEBHOOK", "DELIVERY", "REASON", "MESSAGE"]
    shown = {line.split()[0]: line.split()[1:3] for line in lines[1:]}
    assert shown[failed["id_webhook_endpoint"][-12:]] == [
        failed["id_delivery"][-12:], "SCHEDULE_ENDED"]
    delivery, reason = shown[other[-12:]]
    assert delivery == "-"
    assert reason in ("NOT_IN_SCOPE", "WEBHOOK_IS_NEWER")
    explained = json.loads(deliveries_ctl(
        "--json", "delivery", "explain", failed["id_event"]).stdout)
    assert {e["id_webhook_endpoint"][-12:]: e["explanation"]["reason"]
            for e in explained} == {id: row[1] for id, row in shown.items()}


def test_a_dry_run_shows_how_many_a_job_would_retry(failed, deliveries_ctl):
    job = json.loads(deliveries_ctl(
        "--json", "retry-job", "create", failed["id_webhook_endpoint"],
        "--since=1h", "--dry_run").stdout)
    assert (job["state"], job["retried_count"]) == ("DONE", 1)


def test_a_state_that_does_not_exist_is_answered_with_those_that_do(
        deliveries_ctl):
    stderr = deliveries_ctl("delivery", "list", "--state=fail", code=1).stderr
    assert "pending" in stderr and "cancelled" in stderr


def test_a_receiver_that_is_gone_is_explained_with_the_cure(
        api, receiver, place, deliveries_ctl):
    path, type = place
    receiver.answer(path, 410)
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    first = api.publish(type)
    api.delivered(first, "FAILED")
    later = api.publish(type)
    api.delivered(later, "HELD")
    for event in first, later:
        shown = deliveries_ctl("delivery", "explain", event["id_event"],
                               id).stdout
        assert re.search(r"^message .*active.* to true", shown, re.MULTILINE)
    assert "deactivated it: GONE" in shown


def test_a_webhook_that_was_removed_is_explained(api, failed, deliveries_ctl):
    webhook = failed["id_webhook_endpoint"]
    api.call("DELETE", f"/webhooks/{webhook}", status=201)
    explained = json.loads(deliveries_ctl(
        "--json", "delivery", "explain", failed["id_event"]).stdout)
    assert {e["id_webhook_endpoint"]: e["explanation"]["reason"]
            for e in explained}[webhook] == "SCHEDULE_ENDED"


def test_a_webhook_is_tested_with_data(api, receiver, place, deliveries_ctl):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    shown = deliveries_ctl("webhook", "test", id, '--data={"a":1}').stdout
    request = receiver.await_requests(1, path)[0]
    assert request.event()["data"] == {"a": 1}
    assert request.id in shown


@contextlib.contextmanager
def following(api, *args):
    follow = subprocess.Popen(
        [BIN / "webhookctl", f"--server={api.service.server.address}",
         *args, "delivery", "list", "--follow"],
        env=clean_environment({"WEBHOOKS_KEY": api.service.key}),
        stdout=subprocess.PIPE, text=True)
    try:
        with limited(follow):
            yield follow
    finally:
        follow.terminate()
        follow.wait(PATIENCE)
        follow.stdout.close()


def test_deliveries_are_followed(api, failed, receiver, place):
    path, type = place
    with following(api) as follow:
        assert follow.stdout.readline().split() == FOLLOWED_HEADING
        receiver.answer(path, 200)
        api.webhook(receiver.url(path), [type])
        event = api.publish(type)
        api.await_deliveries(2, id_event=event["id_event"], state="DELIVERED")
        delivered = set()
        for line in follow.stdout:
            # The earlier failed delivery is not printed.
            assert failed["id_delivery"][-12:] not in line
            if "DELIVERED" in line:
                assert re.match(r"\d\d:\d\d:\d\d ", line)
                delivered.add(line.split()[1])
            if len(delivered) == 2:
                break
    assert delivered == {d["id_delivery"][-12:] for d in api.deliveries(
        id_event=event["id_event"])}


def test_the_deliveries_of_an_event_are_listed_before_they_are_followed(
        api, failed):
    with following(api, f"--event={failed['id_event']}") as follow:
        assert follow.stdout.readline().split() == FOLLOWED_HEADING
        _, id, *_ = follow.stdout.readline().split()
    assert id == failed["id_delivery"][-12:]


def test_what_is_listed_before_it_is_followed_is_limited(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    newest = [api.delivered(api.publish(type)) for _ in range(3)][-1]
    with following(api, "--since=1h", "--limit=1") as follow:
        assert follow.stdout.readline().split() == FOLLOWED_HEADING
        _, id, *_ = follow.stdout.readline().split()
    assert id == newest["id_delivery"][-12:]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_command_at_once(api, number):
    with following(api) as follow:
        assert follow.stdout.readline()
        follow.send_signal(number)
        assert follow.wait(PATIENCE) == -number


def test_what_is_followed_can_be_json(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    with following(api, "--json", "--since=1h") as follow:
        api.publish(type)
        for line in follow.stdout:
            delivery = json.loads(line)
            if (delivery["event_type"], delivery["state"]) == (
                    type, "DELIVERED"):
                break

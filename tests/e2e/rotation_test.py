"""New secrets of a webhook, and the validity of the old ones."""

import datetime

import pytest

from contract import secret_bytes
from webhook_resource import assert_changed, make, path, time_of


def test_rotating_gives_a_new_secret_and_keeps_the_old_one_a_day(service):
    webhook = make(service)
    response = service.request("POST", path(webhook, ":rotateSecret"))
    assert response.status == 200
    rotated = response.json()
    assert len(secret_bytes(rotated["secret"])) == 32
    assert_changed(webhook, rotated, secret=rotated["secret"])
    assert rotated["secret"] != webhook["secret"]
    newest, old = service.get(path(webhook, "/secrets")).json()
    assert newest["secret"] == rotated["secret"]
    assert newest["expires_at"] is None
    assert old["secret"] == webhook["secret"]
    overlap = time_of(old["expires_at"]) - time_of(newest["created_at"])
    assert overlap == datetime.timedelta(days=1)


def test_an_overlap_of_nothing_ends_the_old_secrets_at_once(service):
    webhook = make(service)
    rotated = service.request("POST", path(webhook, ":rotateSecret"),
                              {"overlap": "0s"}).json()
    secrets = service.get(path(webhook, "/secrets")).json()
    assert [s["secret"] for s in secrets] == [rotated["secret"]]


def test_five_secrets_are_in_force_at_the_most(service):
    webhook = make(service)
    statuses = [service.request("POST", path(webhook, ":rotateSecret")).status
                for _ in range(5)]
    assert statuses == [200] * 4 + [400]
    assert len(service.get(path(webhook, "/secrets")).json()) == 5


def test_an_overlap_may_be_seven_days(service):
    webhook = make(service)
    response = service.request("POST", path(webhook, ":rotateSecret"),
                               {"overlap": "604800s"})
    assert response.status == 200
    newest, old = service.get(path(webhook, "/secrets")).json()
    overlap = time_of(old["expires_at"]) - time_of(newest["created_at"])
    assert overlap == datetime.timedelta(days=7)


@pytest.mark.parametrize("overlap", ["-1s", "604800.001s", "1d", 5])
def test_an_overlap_out_of_range_is_refused(service, overlap):
    response = service.request("POST", path(make(service), ":rotateSecret"),
                               {"overlap": overlap})
    assert response.status == 400
    assert response.fields() == ["overlap"]

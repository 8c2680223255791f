"""Helpers for tests of one webhook over REST."""

import datetime

from contract import KEYS
from service import REFERENCE


def make(service, **changes):
    response = service.post({**REFERENCE, **changes})
    assert response.status == 201
    return response.json()


def path(webhook, suffix=""):
    return f"/webhooks/{webhook['id_webhook_endpoint']}{suffix}"


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def assert_changed(before, after, **changes):
    """Checks that `after` is `before` with `changes`, and is newer."""
    assert list(after) == KEYS
    assert after == {**before, **changes, "last_update": after["last_update"]}
    assert time_of(after["last_update"]) > time_of(before["last_update"])

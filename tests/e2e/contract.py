"""What the REST contract says of every webhook that was just made."""

import base64
import re
import uuid

KEYS = ["id_webhook_endpoint", "endpoint_description", "url", "secret",
        "active", "created_at", "scope", "id_project", "last_update"]

# RFC 3339 in UTC, as the contract narrows it.
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def secret_bytes(secret):
    prefix, encoded = secret[:6], secret[6:]
    assert prefix == "whsec_"
    return base64.b64decode(encoded, validate=True)


def assert_new_webhook(webhook, url, description, scope):
    assert list(webhook) == KEYS
    assert webhook["url"] == url
    assert webhook["endpoint_description"] == description
    assert webhook["scope"] == scope
    assert webhook["active"] is True
    assert len(secret_bytes(webhook["secret"])) == 32
    assert uuid.UUID(webhook["id_webhook_endpoint"]).version == 7
    assert str(uuid.UUID(webhook["id_project"])) == webhook["id_project"]
    assert TIMESTAMP.fullmatch(webhook["created_at"])
    assert webhook["last_update"] == webhook["created_at"]

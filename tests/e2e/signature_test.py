"""What receivers get is signed as their libraries expect it."""

import json
import os
import pathlib
import subprocess

import pytest

from processes import PATIENCE
from receiver import delivering

NPM = pathlib.Path(os.environ["E2E_NPM"])


class NodeReceiver:
    """verifying_receiver.mjs."""

    def __init__(self, secret):
        self._popen = subprocess.Popen(
            ["node", "verifying_receiver.mjs", NPM, secret],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self._popen.stdout.readline())

    def next(self):
        return json.loads(self._popen.stdout.readline())

    def stop(self):
        self._popen.kill()
        self._popen.wait(PATIENCE)
        self._popen.stdout.close()


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with delivering(tmp_path_factory.mktemp("service")) as api:
        yield api


@pytest.fixture(scope="module")
def receiver(api):
    webhook = api.webhook(None)
    node = NodeReceiver(webhook["secret"])
    try:
        api.call("PATCH", f"/webhooks/{webhook['id_webhook_endpoint']}",
                 {"url": f"http://127.0.0.1:{node.port}/"})
        yield node
    finally:
        node.stop()


@pytest.mark.parametrize("data", [
    '{"id":1,"nested":{"b":[true,null,"x"],"a":1.5}}',
    '{"10":"ten","9":"nine","b":"\\u00e9\\ud83d\\ude00 \\n\\"","a":-0.0}',
    '{"big":12345678901234567890,"tiny":1e-7,"exact":1.0,"huge":1e400}',
    '"only text"',
    "[]",
    "null",
], ids=["object", "keys", "numbers", "text", "array", "null"])
def test_public_libraries_verify_a_delivery(api, receiver, data):
    body = '{"type":"thing.happened","data":%s}' % data
    event = api.call("POST", "/events", body.encode(), 202)
    got = receiver.next()
    assert got["id"] == event["id_event"]
    assert got["type"] == "application/json"
    assert (got["standard"], got["svix"], got["panora"]) == (True,) * 3
    assert not got["tampered"]


def test_numbers_and_the_order_of_keys_arrive_as_they_were_published(
        api, receiver):
    data = '{"z":12345678901234567890,"a":1.0,"m":1E+2}'
    api.call("POST", "/events",
             b'{"type":"t","data":%s}' % data.encode(), 202)
    assert receiver.next()["body"].endswith(f'"data":{data}}}')


def test_verify_event_agrees_with_what_a_receiver_got(api, receiver):
    webhook = api.call("GET", "/webhooks")[0]
    event = api.publish(data={"b": 1, "a": [1.50]})
    got = receiver.next()
    assert got["id"] == event["id_event"]
    delivery = api.await_deliveries(1, id_event=event["id_event"])[0]
    explained = api.call("GET", f"/events/{delivery['id_event']}/deliveries/"
                         f"{webhook['id_webhook_endpoint']}")
    assert explained["signed_content"].endswith("." + got["body"])
    assert explained["signed_data"] == '{"b":1,"a":[1.5]}'

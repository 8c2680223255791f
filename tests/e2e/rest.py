"""HTTP/1.1 by hand, for requests that no client library would send.

Every answer is held to the OpenAPI document of the gateway.
"""

import contextlib
import dataclasses
import json
import re
import socket

import openapi
from processes import PATIENCE

REQUEST_LINE = re.compile(
    rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (?:http://[^/\s]+)?(/\S*) "
    rb"HTTP/1\.[01]\r\n")


@dataclasses.dataclass
class Response:
    status: int
    headers: list  # of (lower-case name, value), as they came
    body: bytes

    def header(self, name):
        """The value of a header that must not be repeated, or None."""
        values = [v for n, v in self.headers if n == name]
        assert len(values) < 2, f"{name} is repeated: {values}"
        return values[0] if values else None

    def json(self):
        return json.loads(self.body)

    def error(self):
        return self.json()["error"]

    def reason(self):
        """The google.rpc.ErrorInfo reason of an error."""
        return self.detail("ErrorInfo")["reason"]

    def fields(self):
        """The fields that a google.rpc.BadRequest complains of."""
        return [violation["field"]
                for violation in self.detail("BadRequest")["field_violations"]]

    def detail(self, name):
        kind = f"type.googleapis.com/google.rpc.{name}"
        found = [d for d in self.error()["details"] if d["@type"] == kind]
        assert len(found) == 1, self.body
        return found[0]


class Ended(ConnectionError):
    """The other side ended the connection before a response was whole."""


class Connection:
    """A connection on which bytes are sent and responses are read; in TLS by
    `context`, if there is one, and from `source`, an address of this machine,
    if that is given."""

    def __init__(self, address, context=None, validate=True, source=None):
        host, port = address.rsplit(":", 1)
        self._validate = validate
        self._sent = b""  # what was not answered yet
        self._socket = socket.create_connection(
            (host, int(port)), PATIENCE, source and (source, 0))
        if context is not None:
            self._socket = context.wrap_socket(self._socket,
                                               server_hostname="localhost")
        self._file = self._socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()
        self._socket.close()

    def send(self, data):
        self._sent += data
        self._socket.sendall(data)

    def peer_serial(self):
        """The serial number of the other side's certificate."""
        return int(self._socket.getpeercert()["serialNumber"], 16)

    def protocol(self):
        """What was agreed on by ALPN."""
        return self._socket.selected_alpn_protocol()

    def end_sending(self):
        self._socket.shutdown(socket.SHUT_WR)

    def read(self, has_body=True):
        """The next response."""
        start = self._line()
        assert start.startswith(b"HTTP/1.1 "), start
        headers = []
        while (line := self._line().rstrip(b"\r\n")):
            name, value = line.decode("latin-1").split(":", 1)
            headers.append((name.lower(), value.strip()))
        response = Response(int(start.split()[1]), headers, b"")
        length = response.header("content-length")
        if has_body and length is not None:
            response.body = self._file.read(int(length))
            if len(response.body) < int(length):
                raise Ended
        if self._validate and response.status != 100:
            openapi.check(*self._next_request(), response)
        return response

    def _line(self):
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise Ended
        return line

    def _next_request(self):
        """Method and target of the request whose answer has come; empty where
        it was none."""
        line = REQUEST_LINE.search(self._sent)
        if not line:
            return "", ""
        self._sent = self._sent[line.end():]
        return line[1].decode(), line[2].decode()

    def is_http(self):
        """Whether what comes next is a response."""
        return self._file.readline().startswith(b"HTTP/")

    def await_end(self):
        """Reads whatever comes until the other side ends the connection."""
        with contextlib.suppress(ConnectionError):
            self._file.read()

    def is_closed(self):
        """Awaits the other side's end of the connection; nothing may come."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True


def encode(method, path, headers, body=b""):
    """A well-formed request; a header that is None is left out."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()
              if value is not None]
    if "transfer-encoding" in headers:
        body = (b"%x\r\n%s\r\n" % (len(body), body) if body else b"") + (
            b"0\r\n\r\n")
    elif "content-length" not in headers and (
            body or method in ("POST", "PUT", "PATCH")):
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def request(address, method, path, headers, body=b"", context=None,
            validate=True):
    with Connection(address, context, validate) as connection:
        connection.send(
            encode(method, path, {**headers, "connection": "close"}, body))
        return connection.read(has_body=method != "HEAD")


def exchange(address, data):
    """Sends raw bytes and reads one response; says too if it was the last."""
    with Connection(address) as connection:
        connection.send(data)
        response = connection.read()
        return response, connection.is_closed()

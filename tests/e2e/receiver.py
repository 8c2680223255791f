"""A receiver of deliveries on loopback, and a server that may reach it."""

import collections
import contextlib
import dataclasses
import http.server
import json
import threading
import time

import openapi
from processes import PATIENCE
from service import Service

FLAGS = ("--allow_http_urls", "--allow_targets=127.0.0.0/8")
# Three attempts, one after the other.
FAST = ("--retry_schedule=0s,10ms,10ms", "--retry_jitter=0")


@dataclasses.dataclass
class Request:
    time: float
    path: str
    headers: dict  # by lower-case name
    body: bytes

    def event(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]


class Receiver:
    """Answers each path with 200, or as answer() sets. Keeps all requests."""

    def __init__(self):
        self.requests = []
        self._answers = collections.defaultdict(list)
        self._changed = threading.Condition()
        self._released = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver._take(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 512

            def handle_error(self, *_):
                pass  # clients may leave at any time

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        for request in self.requests:  # at the end, because it is slow
            openapi.document().check_delivery(
                "event", request.headers, request.body)

    def url(self, path="/"):
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def answer(self, path, *answers):
        """Sets the answers to requests to a path, in their order. The last
        answer is repeated. An answer is a status, (status, headers), (status,
        headers, body), "hang", "drip", or a threading.Event to wait for before
        200."""
        self._answers[path] = list(answers)

    def _read(self, handler):
        """Returns the body, or None if the sender was killed before its end."""
        size = int(handler.headers.get("content-length", 0))
        body = handler.rfile.read(size)
        if len(body) == size:
            return body
        handler.close_connection = True
        return None

    def _take(self, handler):
        body = self._read(handler)
        if body is None:
            return
        headers = {k.lower(): v for k, v in handler.headers.items()}
        with self._changed:
            answers = self._answers[handler.path]
            answer = answers.pop(0) if len(answers) > 1 else (
                answers[0] if answers else 200)
            self.requests.append(
                Request(time.monotonic(), handler.path, headers, body))
            self._changed.notify_all()
        if answer == "hang":
            self._released.wait()
            handler.close_connection = True
        elif answer == "drip":
            self._drip(handler)
        else:
            if isinstance(answer, threading.Event):
                answer.wait(PATIENCE)
                answer = 200
            self._answer(handler, *(
                answer if isinstance(answer, tuple) else (answer,)))

    def _answer(self, handler, status=200, headers=None, body=b"ok"):
        handler.send_response(status)
        for name, value in {"content-length": str(len(body)),
                            **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def _drip(self, handler):
        """Sends one byte per second."""
        handler.close_connection = True
        for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok":
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if self._released.wait(1):
                return

    def at(self, path):
        with self._changed:
            return [r for r in self.requests if r.path == path]

    def await_requests(self, count, path=None, patience=PATIENCE):
        """Waits for `count` requests. Returns all so far."""
        def arrived():
            return [r for r in self.requests if path in (None, r.path)]

        with self._changed:
            assert self._changed.wait_for(
                lambda: len(arrived()) >= count, patience), self.requests
            return arrived()


class Api:
    """The REST calls of a service. Each must be answered with its status."""

    def __init__(self, service):
        self.service = service

    def call(self, method, path, body=b"", status=200, **kwargs):
        response = self.service.request(method, path, body, **kwargs)
        assert response.status == status, response
        return response.json()

    def webhook(self, url, scope=None, **fields):
        return self.call("POST", "/webhooks",
                         {"url": url, "scope": scope, **fields}, 201)

    def publish(self, type="thing.happened", data=None, **fields):
        return self.call("POST", "/events",
                         {"type": type, "data": data, **fields}, 202)

    def deliveries(self, **filters):
        query = "&".join(f"{k}={v}" for k, v in filters.items())
        return self.call("GET", f"/deliveries?{query}")

    def await_deliveries(self, count, **filters):
        """Waits until `count` deliveries match the filters. Returns them."""
        end = time.monotonic() + PATIENCE
        while len(found := self.deliveries(**filters)) < count:
            assert time.monotonic() < end, self.deliveries()
            time.sleep(0.02)
        return found

    def delivered(self, event, state="DELIVERED"):
        """Waits until the delivery of an event is in `state`. Returns it."""
        found = self.await_deliveries(1, id_event=event["id_event"],
                                      state=state)
        return self.call("GET", f"/deliveries/{found[0]['id_delivery']}")


@contextlib.contextmanager
def delivering(folder, *flags, url=None):
    """Runs a service that delivers to loopback. Yields its calls."""
    service = Service(folder, url)
    try:
        service.start_server(*FLAGS, *flags)
        service.start_gateway()
        service.await_ready()
        yield Api(service)
    finally:
        service.stop()

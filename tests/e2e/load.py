"""Clients that post webhooks as fast as they are answered."""

import json
import threading

import rest
from service import REFERENCE


class Load:
    """Posts on several connections until it is told to stop."""

    def __init__(self, service, clients=8):
        self.created = []  # the answers with 201, as JSON
        self.refused = []  # the other answers
        self.lost = 0  # requests whose connection ended without an answer
        self._request = rest.encode("POST", "/webhooks", {
            "x-api-key": service.key, "content-type": "application/json"},
            json.dumps(REFERENCE).encode())
        self._address = service.gateway.address
        self._stopping = threading.Event()
        self._progress = threading.Condition()
        self._threads = [threading.Thread(target=self._run)
                         for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def await_created(self, count):
        """Returns once `count` more webhooks than now were created."""
        with self._progress:
            goal = len(self.created) + count
            assert self._progress.wait_for(
                lambda: len(self.created) >= goal, rest.PATIENCE)

    def _run(self):
        while not self._stopping.is_set():
            try:
                with rest.Connection(self._address) as connection:
                    self._post_on(connection)
            except ConnectionRefusedError:
                return  # the gateway listens no more

    def _post_on(self, connection):
        while not self._stopping.is_set():
            try:
                connection.send(self._request)
                response = connection.read()
            except (OSError, AssertionError):
                with self._progress:
                    self.lost += 1
                return
            with self._progress:
                if response.status == 201:
                    self.created.append(response.json())
                else:
                    self.refused.append(response)
                self._progress.notify_all()
            if response.header("connection") == "close":
                return


def read_back(service, webhooks):
    """What GET answers for each of `webhooks`, asked in pipelines."""
    answers = []
    headers = {"x-api-key": service.key}
    with rest.Connection(service.gateway.address) as connection:
        for start in range(0, len(webhooks), 50):
            batch = webhooks[start:start + 50]
            connection.send(b"".join(
                rest.encode("GET", f"/webhooks/{w['id_webhook_endpoint']}",
                            headers) for w in batch))
            answers += [connection.read() for _ in batch]
    return [a.json() if a.status == 200 else a for a in answers]

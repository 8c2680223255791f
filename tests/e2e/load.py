"""Clients that post webhooks as fast as they are answered."""

import json

import rest
from service import REFERENCE
from workers import Workers


class Load(Workers):
    """Posts on several connections until it is told to stop."""

    def __init__(self, service, clients=8):
        self.created = []  # the answers with 201, as JSON
        self.refused = []  # the other answers
        self.lost = 0  # requests whose connection ended without an answer
        self._request = rest.encode("POST", "/webhooks", {
            "x-api-key": service.key, "content-type": "application/json"},
            json.dumps(REFERENCE).encode())
        self._address = service.gateway.address
        super().__init__([self._run] * clients)

    def await_created(self, count):
        """Returns once `count` more webhooks than now were created."""
        with self.changed:
            goal = len(self.created) + count
        self.await_change(lambda: len(self.created) >= goal)

    def _run(self):
        while self.is_working():
            try:
                with rest.Connection(self._address) as connection:
                    self._post_on(connection)
            except ConnectionRefusedError:
                return  # the gateway listens no more

    def _post_on(self, connection):
        while self.is_working():
            try:
                connection.send(self._request)
                response = connection.read()
            except OSError:
                with self.changed:
                    self.lost += 1
                return
            with self.changed:
                if response.status == 201:
                    self.created.append(response.json())
                else:
                    self.refused.append(response)
                self.changed.notify_all()
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

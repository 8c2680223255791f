"""Checks every REST answer against /openapi.json, with a public validator."""

import functools
import json
import re
import urllib.parse

import jsonschema

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
# Pages for browsers, which are not in the document.
PAGES = ("/docs", "/console")

FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("date-time")
def is_date_time(value):
    return not isinstance(value, str) or re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
        value) is not None


@FORMATS.checks("uuid")
def is_uuid(value):
    return not isinstance(value, str) or re.fullmatch(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        value) is not None


@FORMATS.checks("uri")
def is_uri(value):
    return (not isinstance(value, str)
            or bool(urllib.parse.urlsplit(value).scheme))


def closed(schema):
    """Returns the schema with unknown keys refused. Clients must accept such
    keys, tests must not."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and "additionalProperties" not in schema:
        if not is_part(schema):
            result["additionalProperties"] = False
    return result


def is_part(schema):
    """Returns true if it is one of several schemas of the same object. A detail
    of an error has one schema for its type, and one for its fields."""
    return "@type" in schema["properties"]


class Document:
    """An OpenAPI document, against which answers and deliveries are checked."""

    def __init__(self, text):
        self.raw = json.loads(text)
        self._closed = closed(self.raw)
        for name in ("BadRequest", "ErrorInfo", "RetryInfo"):
            # Objects of these schemas have "@type" too.
            self._closed["components"]["schemas"][name].pop(
                "additionalProperties", None)
        self._paths = [(self._pattern(path), path)
                       for path in self.raw["paths"]]
        # A literal segment wins over a variable.
        self._paths.sort(key=lambda p: p[1].count("{"))

    @staticmethod
    def _pattern(path):
        parts = re.split(r"\{[^}]*\}", path)
        return re.compile("([^/:]+|[^/]+)".join(map(re.escape, parts)))

    def operation(self, method, path):
        """Returns the operation of a request, or None."""
        method = "get" if method == "HEAD" else method.lower()
        for pattern, template in self._paths:
            item = self._closed["paths"][template]
            if pattern.fullmatch(path) and method in item:
                return item[method]
        return None

    def resolve(self, value):
        while "$ref" in value:
            target = self._closed
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            value = target
        return value

    def validate(self, schema, value):
        """Fails if the value does not conform to the schema."""
        schema = {**schema, "components": self._closed["components"]}
        jsonschema.Draft202012Validator(
            schema, format_checker=FORMATS).validate(value)

    def error_schema(self):
        return {"$ref": "#/components/schemas/Error"}

    def check_answer(self, method, path, status, headers, body):
        """Fails if the document does not describe such an answer."""
        operation = self.operation(method, path)
        if operation is None or method == "OPTIONS":
            return self._check_error(status, body)
        responses = operation["responses"]
        assert status >= 400 or str(status) in responses, (
            f"{method} {path}: the document has no answer {status}")
        response = self.resolve(
            responses.get(str(status)) or responses["default"])
        for name, header in response.get("headers", {}).items():
            self._check_header(self.resolve(header), name, headers)
        content = response.get("content", {})
        if not content or not body:
            assert not body, f"{method} {path}: {status} has a body"
            assert not content or method == "HEAD", (
                f"{method} {path}: {status} has no body")
            return None
        if "application/json" not in content:
            kinds = [v for n, v in headers if n == "content-type"]
            assert kinds == list(content), f"{method} {path}: {kinds}"
            return None
        return self.validate(content["application/json"]["schema"],
                             json.loads(body))

    def _check_header(self, header, name, headers):
        """Fails if a header that is present does not conform."""
        for value in [v for n, v in headers if n == name.lower()]:
            kind = header["schema"]["type"]
            self.validate(header["schema"],
                          int(value) if kind == "integer" else value)

    def _check_error(self, status, body):
        if body:
            assert status >= 400, status
            self.validate(self.error_schema(), json.loads(body))

    def check_delivery(self, name, headers, body):
        """Fails if a request to a receiver does not conform to the document."""
        post = self._closed["webhooks"][name]["post"]
        for parameter in post["parameters"]:
            assert parameter["in"] == "header"
            value = headers.get(parameter["name"])
            assert value is not None or not parameter.get("required"), parameter
            if value is not None:
                self.validate(parameter["schema"], value)
        content = post["requestBody"]["content"]["application/json"]
        self.validate(content["schema"], json.loads(body))


@functools.cache
def document():
    """Returns the document of a gateway of this build."""
    from processes import Process
    import rest
    gateway = Process("webhook-gateway", "--listen=127.0.0.1:0",
                      "--server=127.0.0.1:1")
    try:
        answer = rest.request(gateway.address, "GET", "/openapi.json", {},
                              validate=False)
    finally:
        gateway.stop()
    assert answer.status == 200, answer
    return Document(answer.body)


def check(method, target, response):
    """Checks an answer against the document."""
    path = target.split("?")[0]
    if path == "/" and response.status == 307 or path.startswith(PAGES):
        return
    document().check_answer(method, path, response.status, response.headers,
                            response.body)

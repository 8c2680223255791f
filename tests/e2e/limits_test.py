"""The service enforces the limits that /openapi.json states."""

import pytest

import openapi

URL = "https://acme.com/"


def schema(name):
    return openapi.document().raw["components"]["schemas"][name]


def of_field(message, field):
    return schema(message)["properties"][field]


def text_of(length, start=""):
    return start + "a" * (length - len(start))


def webhook(**fields):
    return "/webhooks", {"url": None, "scope": None, **fields}


def event(**fields):
    return "/events", {"type": "a", "data": None, **fields}


def settings(**fields):
    return webhook(delivery=fields)


def cases():
    """Yields (name, request at the limit, request beyond the limit)."""
    create, delivery = "CreateWebhookRequest", "DeliverySettingsInput"
    url = of_field(create, "url")["maxLength"]
    yield "url", webhook(url=text_of(url, URL)), webhook(
        url=text_of(url + 1, URL))
    text = of_field(create, "description")["maxLength"]
    yield "description", webhook(description=text_of(text)), webhook(
        description=text_of(text + 1))
    scope = of_field(create, "scope")
    many = [f"t{i}" for i in range(scope["maxItems"] + 1)]
    yield "scope", webhook(scope=many[:-1]), webhook(scope=many)
    few = ["a"] * scope["minItems"]
    yield "empty scope", webhook(scope=few), webhook(scope=few[:-1])
    yield "repeated scope", webhook(scope=["a", "b"]), webhook(
        scope=["a", "a"])
    longest = scope["items"]["maxLength"]
    yield "event type of a scope", webhook(scope=[text_of(longest)]), webhook(
        scope=[text_of(longest + 1)])
    longest = of_field("PublishEventRequest", "type")["maxLength"]
    yield "event type", event(type=text_of(longest)), event(
        type=text_of(longest + 1))
    for field in ("max_in_flight", "max_per_second"):
        bounds = of_field(delivery, field)
        yield f"least {field}", settings(
            **{field: bounds["minimum"]}), settings(
            **{field: bounds["minimum"] - 1})
        yield f"greatest {field}", settings(
            **{field: bounds["maximum"]}), settings(
            **{field: bounds["maximum"] + 1})
    schedule = of_field(delivery, "schedule")["maxItems"]
    yield "schedule", settings(schedule=["0s"] * schedule), settings(
        schedule=["0s"] * (schedule + 1))
    headers = {f"x-{i}": "1" for i in
               range(of_field(delivery, "headers")["maxProperties"] + 1)}
    yield "headers", settings(headers=dict(list(headers.items())[1:])), (
        settings(headers=headers))
    batch = of_field("PublishEventBatchRequest", "events")
    one = event()[1]
    yield "batch", ("/events:batch", {"events": [one] * batch["maxItems"]}), (
        "/events:batch", {"events": [one] * (batch["maxItems"] + 1)})
    yield "empty batch", ("/events:batch", {"events": [one]}), (
        "/events:batch", {"events": []})


CASES = [pytest.param(within, beyond, id=name)
         for name, within, beyond in cases()]


@pytest.mark.parametrize("within, beyond", CASES)
def test_what_is_told_is_what_is_held(service, within, beyond):
    assert service.request("POST", *within).status in (201, 202)
    assert service.request("POST", *beyond).status == 400


@pytest.mark.parametrize("text, is_type", [
    ("a", True), ("a.b_1.C", True), ("", False), (".", False), ("a.", False),
    (".a", False), ("a..b", False), ("a-b", False), ("é", False)])
def test_the_pattern_of_event_types_is_the_services(service, text, is_type):
    pattern = of_field("PublishEventRequest", "type")
    told = openapi.jsonschema.Draft202012Validator(pattern).is_valid(text)
    answer = service.request("POST", *event(type=text))
    assert (answer.status == 202) is told is is_type


@pytest.mark.parametrize("length, is_taken", [
    ("minLength", True), ("maxLength", True), (None, False)])
def test_a_key_of_idempotency_is_as_long_as_is_told(service, length, is_taken):
    parameters = openapi.document().raw["paths"]["/webhooks"]["post"][
        "parameters"]
    bounds = [p["schema"] for p in parameters
              if p.get("name") == "Idempotency-Key"][0]
    key = "k" * (bounds[length] if length else bounds["maxLength"] + 1)
    path, body = webhook()
    answer = service.request("POST", path, body,
                             headers={"idempotency-key": key})
    assert (answer.status == 201) is is_taken

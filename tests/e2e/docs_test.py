"""/docs in a browser: the pages load, and calls can be tried."""

import json
import os
import pathlib
import subprocess

import pytest

import rest
from pages import ROOT
from processes import BIN, PATIENCE, Process
from service import REFERENCE

NPM = pathlib.Path(os.environ["E2E_NPM"])
CHROMIUM = pathlib.Path("/usr/bin/chromium")
PAGES = BIN.parent / "share" / "webhooks" / "docs"
PICTURE = BIN.parent / "docs.png"
RECEIVING = (ROOT / "proto" / "RECEIVING.md").read_text()


@pytest.fixture
def pages():
    if not PAGES.exists():
        pytest.skip("Swagger UI is not installed: ./dev build does it")


def browse(script, service, *arguments):
    """Runs a script that controls Chromium. Returns its result."""
    if not CHROMIUM.exists() or not (NPM / "node_modules" /
                                     "playwright-core").exists():
        pytest.skip("Chromium or playwright-core is not installed: ./dev test "
                    "does it")
    result = subprocess.run(
        ["node", script, NPM, f"http://{service.gateway.address}", *arguments],
        capture_output=True, text=True, timeout=4 * PATIENCE)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_a_call_is_tried_through_the_page(pages, service):
    seen = browse("browser.mjs", service, service.key, PICTURE)
    assert seen["status"] == 201
    assert seen["shown"].split()[0] == "201"
    assert seen["errors"] == []
    assert seen["hosts"] == [service.gateway.address]
    made = service.get("/webhooks").json()[0]
    assert made["url"] == seen["body"]["url"] == REFERENCE["url"]
    assert PICTURE.stat().st_size > 10_000


def test_pages_fit_screens_of_every_width(pages, service, tmp_path):
    for seen in browse("layout.mjs", service, tmp_path):
        assert seen["errors"] == []
        assert seen["content"] <= seen["width"], "/docs scrolls sideways"
        assert seen["receiving"] <= seen["width"], "receiving scrolls sideways"
        assert seen["tables"] > 0
        assert seen["blocks"] == RECEIVING.count("\n```") / 2 > 3
        assert [tag.split()[0] for tag in seen["order"]] == [
            "Webhook", "Event", "Delivery", "Gateway"]
        assert min(seen["descriptions"]) > seen["width"] * (
            0.3 if seen["width"] > 1000 else 0.7)
        # With examples that the page makes up, it is twice as high.
        assert seen["height"] < (8000 if seen["width"] > 1000 else 14000)


def test_pages_have_a_policy_that_keeps_them_at_home(pages, service):
    answer = rest.request(service.gateway.address, "GET", "/docs", {})
    assert answer.status == 200
    assert answer.header("content-type") == "text/html; charset=utf-8"
    policy = answer.header("content-security-policy")
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "page.js",
                 "page.css", "receiving.html", "receiving.js", "receiving.md"):
        page = rest.request(service.gateway.address, "GET", f"/docs/{name}", {})
        assert page.status == 200
    assert rest.request(service.gateway.address, "GET", "/docs/none.js",
                        {}).status == 404


def test_without_pages_the_gateway_says_so(tmp_path):
    gateway = Process("webhook-gateway", "--listen=127.0.0.1:0",
                      "--server=127.0.0.1:1", f"--docs_folder={tmp_path}")
    try:
        answer = rest.request(gateway.address, "GET", "/docs", {})
        assert answer.status == 404
        assert answer.reason() == "DOCS_NOT_INSTALLED"
        assert rest.request(gateway.address, "GET", "/openapi.json",
                            {}).status == 200
    finally:
        gateway.stop()

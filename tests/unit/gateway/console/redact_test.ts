import assert from "node:assert/strict";
import { test } from "node:test";
import { redact } from "../../../../gateway/console/src/parts/redact.ts";

function keeps(secret: string, text: string) {
  assert.ok(text.includes(secret));
  assert.ok(!redact(text).includes(secret), redact(text));
}

test("keys and secrets of the service are removed", () => {
  keeps("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "secret whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= ends");
  keeps("Bj1My6HKs3nCRj8qR9", "whk_Bj1My6HKs3nCRj8qR9");
  keeps("Bj1My6HKs3nCRj8qR9", "x wadm_Bj1My6HKs3nCRj8qR9");
});

test("credentials and queries of URLs are removed", () => {
  keeps("user:pass", "to https://user:pass@acme.com/hook");
  keeps("s3cret", "to https://acme.com/hook?token=s3cret&x=1 failed");
  assert.match(redact("to https://acme.com/hook?token=s3cret failed"), /acme\.com\/hook\?\[redacted\] failed/);
});

test("headers with credentials are removed", () => {
  keeps("abc123abc", "Authorization: Bearer abc123abc\nnext: line");
  keeps("abc123abc", '"x-api-key": "abc123abc"');
  keeps("abc123abc", "set-cookie=id=abc123abc");
  assert.match(redact("Authorization: Basic eDp5eg==\nnext: line"), /next: line/);
});

test("everything else stays", () => {
  const text = "attempt 1: HTTP_STATUS 500, https://acme.com/hook, 01a209fb-2e74-7f2a-9a45-2d9abc3023b9";
  assert.equal(redact(text), text);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, draftOf, emptyDraft, FormError, fieldsOf } from "../../../../gateway/console/src/screens/webhook_form.ts";

const webhook = {
  id_webhook_endpoint: "1",
  url: "https://a.example/hook",
  endpoint_description: null,
  scope: ["a.b", "c"],
  active: true,
  delivery: { headers: { "x-a": "1: 2" }, max_in_flight: 3, ordered: true, timeout: "5s", schedule: ["0s", "1.5s"] },
} as never;

test("a form that is not changed changes nothing", () => {
  assert.deepEqual(changes(draftOf(webhook), draftOf(webhook)), {});
});

test("the fields of a form are those of the webhook", () => {
  assert.deepEqual(fieldsOf(draftOf(webhook)), {
    url: "https://a.example/hook",
    description: null,
    scope: ["a.b", "c"],
    delivery: { headers: { "x-a": "1: 2" }, max_in_flight: 3, ordered: true, timeout: "5s", schedule: ["0s", "1.5s"] },
  });
});

test("an empty form has neither URL nor scope nor settings", () => {
  assert.deepEqual(fieldsOf(emptyDraft), { url: null, description: null, scope: null, delivery: null });
});

test("only the fields that differ are changed", () => {
  const draft = { ...draftOf(webhook), url: "", maxInFlight: "4" };
  const changed = changes(draft, draftOf(webhook));
  assert.deepEqual(Object.keys(changed), ["url", "delivery"]);
  assert.equal(changed.url, null);
});

test("what is no number and no header is named", () => {
  const wrong = (part: object) => {
    try {
      fieldsOf({ ...emptyDraft, ...part });
    } catch (error) {
      return error instanceof FormError ? [error.field, error.line] : error;
    }
    return undefined;
  };
  assert.deepEqual(wrong({ timeout: "5s" }), ["timeout", 0]);
  assert.deepEqual(wrong({ schedule: "0 x" }), ["schedule", 0]);
  assert.deepEqual(wrong({ headers: "a: b\nc" }), ["headers", 2]);
});

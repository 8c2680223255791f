import assert from "node:assert/strict";
import { test } from "node:test";
import { de } from "../../../../gateway/console/src/text/de.ts";
import { en } from "../../../../gateway/console/src/text/en.ts";

const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test("all languages have the same texts", () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
});

test("a text has the same gaps in all languages", () => {
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(gaps(de[key as keyof typeof en]), gaps(text), key);
  }
});

test("no text is empty", () => {
  for (const texts of [en, de]) {
    for (const [key, text] of Object.entries(texts)) assert.ok(text.trim(), key);
  }
});

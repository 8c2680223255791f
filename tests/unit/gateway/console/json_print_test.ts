import assert from "node:assert/strict";
import { test } from "node:test";
import { indent, printJson } from "../../../../gateway/console/src/parts/json_print.ts";

test("digits, order of keys, duplicates and escapes are those of the text", () => {
  const text = '{"b":1152921506151679042,"a":1.50,"a":1E400,"\\u0041\\"":"\\u202e\\\\"}';
  assert.equal(
    indent(text),
    '{\n  "b": 1152921506151679042,\n  "a": 1.50,\n  "a": 1E400,\n  "\\u0041\\"": "\\u202e\\\\"\n}',
  );
});

test("nested values are indented, and empty ones stay on their lines", () => {
  assert.equal(indent('[{},[],[1,{"x":null}]]'), '[\n  {},\n  [],\n  [\n    1,\n    {\n      "x": null\n    }\n  ]\n]');
});

test("marks within strings are no marks", () => {
  assert.equal(indent('{"a":"{[,:]}"}'), '{\n  "a": "{[,:]}"\n}');
});

test("tokens tell keys from strings, numbers and words", () => {
  const kinds = printJson('{"k":["s",-1,true]}')
    .filter((token) => token.kind !== "mark")
    .map(({ text, kind }) => `${kind} ${text}`);
  assert.deepEqual(kinds, ['key "k"', 'string "s"', "number -1", "word true"]);
});

test("a scalar stays as it is, and text that is not JSON loses no token", () => {
  assert.equal(indent('"one"'), '"one"');
  assert.equal(indent('{"a":').replace(/\s/g, ""), '{"a":');
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { quoteRaw } from "../../../../gateway/console/src/api/raw_json.ts";

const data = (text: string) => JSON.parse(quoteRaw(text, "data"));

test("a payload becomes a string with its text", () => {
  const payload = '{ "b":1152921506151679042,"a":[1.0,"}"],"a":null }';
  assert.equal(data(`{"id":"x","data":${payload},"after":true}`).data, payload);
  assert.equal(data(`{"id":"x","data":${payload},"after":true}`).after, true);
});

test("each payload of a list does", () => {
  const events = data('[{"data":{"a":1}}, {"data":[]} ,{"x":1,"data":"s\\"}"},{"data":null}]');
  assert.deepEqual(
    events.map((event: { data: string }) => event.data),
    ['{"a":1}', "[]", '"s\\"}"', "null"],
  );
});

test("a member of that name within another one stays", () => {
  assert.deepEqual(data('{"headers":{"data":"x"},"data":1}'), { headers: { data: "x" }, data: "1" });
});

test("other values stay", () => {
  for (const text of ["1", '"data"', "[]", "{}", "[1,[2]]", '{"a":{"b":[{"data":1}]}}', "null"]) {
    assert.deepEqual(data(text), JSON.parse(text));
  }
});

test("text that is no JSON ends", () => {
  for (const text of ["", "{", '{"data":', '{"data"', "[,", "[{]", '{"a":"']) quoteRaw(text, "data");
});

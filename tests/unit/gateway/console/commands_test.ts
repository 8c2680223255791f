import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { curl, words } from "../../../../gateway/console/src/api/commands.ts";

// Returns the words that a shell makes of a command.
const split = (command: string) =>
  execFileSync("sh", ["-c", `set -- ${command}; for word; do printf '%s\\0' "$word"; done`], { env: { WEBHOOKS_KEY: "k1" } })
    .toString()
    .split("\0")
    .slice(0, -1);

const hostile = `it's $(id) \`id\` "x" \\ & ; | > < * ~ #!\n{"a":1}`;

test("a shell leaves the words of a command as they are", () => {
  assert.deepEqual(split(words("event", "publish", hostile, "")), ["event", "publish", hostile, ""]);
});

test("curl gets the call", () => {
  const call = { method: "PATCH", path: "webhooks/1?a=b&c=d", body: hostile, ifMatch: '"e"' } as const;
  assert.deepEqual(split(curl(call, "http://h/p/")), [
    "curl",
    "-sS",
    "--fail-with-body",
    "-X",
    "PATCH",
    "http://h/p/webhooks/1?a=b&c=d",
    "-H",
    "x-api-key: k1",
    "-H",
    'if-match: "e"',
    "-H",
    "content-type: application/json",
    "-d",
    hostile,
  ]);
});

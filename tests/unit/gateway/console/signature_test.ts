import assert from "node:assert/strict";
import { test } from "node:test";
import {
  firstDifference,
  isReserialised,
  matchingSecret,
  panoraSignature,
  readHeaders,
  standardSignature,
} from "../../../../gateway/console/src/parts/signature_check.ts";
import { examine } from "../../../../gateway/console/src/screens/signature_findings.ts";

const secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const other = "whsec_AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const id = "01a209fb-2e74-7f2a-9a45-2d9abc3023b9";
const timestamp = "1795463786";
const body = `{"id_event":"${id}","type":"connection.created","timestamp":"2026-11-23T19:56:26.100Z","data":{"id":1}}`;
const signature = "v1,yUD9RVHO9w9Qi2xznSXNPisybD9Wmtz2Ho3yyTR769M=";
const panora = "a85bb945dade234aaa15fe35d62315e43e9c9f862a3f47a5f6fe718d429910ba";
const headers = `Webhook-Id: ${id}\nwebhook-timestamp: ${timestamp}\nwebhook-signature: v1,AAAA ${signature}\nhost: x\n`;

const texts = async (pasted: string, sent: string | null, secrets = [secret], head = headers) =>
  (await examine(readHeaders(head), pasted, secrets, sent, undefined)).map((finding) => finding.text);

test("the signatures are those of other programs", async () => {
  const vector = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const event = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  assert.equal(await standardSignature(key, event, "1614265330", '{"test": 2432232314}'), vector);
  assert.equal(await standardSignature(secret, id, timestamp, body), signature);
  assert.equal(await panoraSignature(secret, '{"id":1}'), panora);
});

test("headers are read in any form in which people copy them", () => {
  for (const text of [headers, headers.replaceAll("\n", "\r\n"), `'webhook-id': '${id}',\n"webhook-timestamp": "${timestamp}",\nWEBHOOK-SIGNATURE=${signature}`]) {
    const read = readHeaders(text);
    assert.equal(read.id, id);
    assert.equal(read.timestamp, timestamp);
    assert.ok(read.signatures.includes(signature));
  }
});

test("the secret that made a signature is found among several", async () => {
  assert.equal(await matchingSecret([other, secret], readHeaders(headers), body), 1);
  assert.equal(await matchingSecret([other], readHeaders(headers), body), -1);
});

test("a secret that is not base64 is named", async () => {
  assert.equal(await standardSignature("whsec_*", id, timestamp, body), null);
  assert.ok((await texts(body, body, ["whsec_*"])).includes("signature.badSecret"));
});

test("the first byte that differs is found, at whole characters", () => {
  assert.equal(firstDifference(body, body), null);
  assert.deepEqual(firstDifference("äbc", "äxc"), { byte: 2, sent: "bc", pasted: "xc" });
  assert.deepEqual(firstDifference("aä", "aö"), { byte: 1, sent: "ä", pasted: "ö" });
  assert.deepEqual(firstDifference("ab", "a"), { byte: 1, sent: "b", pasted: "" });
});

test("JSON that was written anew is recognised", () => {
  assert.ok(isReserialised('{"a":1,"b":[1.0]}', '{ "b": [1],\n"a": 1 }'));
  assert.ok(isReserialised('{"a":1152921506151679042}', '{"a":1152921506151679000}'));
  assert.ok(!isReserialised('{"a":1}', '{"a":2}'));
  assert.ok(!isReserialised("x", "x"));
});

test("a valid delivery is called valid", async () => {
  const found = await texts(body, body);
  assert.ok(found.includes("signature.match"));
  assert.ok(found.includes("signature.sameBody"));
});

test("a changed body is called changed, with its cause", async () => {
  const pretty = JSON.stringify(JSON.parse(body), null, 2);
  assert.deepEqual((await texts(pretty, body)).slice(0, 3), ["signature.noMatch", "signature.differs", "signature.reserialised"]);
  assert.deepEqual((await texts(`${body}\n`, body)).slice(0, 3), ["signature.noMatch", "signature.differs", "signature.trailing"]);
});

test("absent headers and secrets are named", async () => {
  assert.deepEqual((await texts(body, null, [], "webhook-id: x")).slice(0, 3), [
    "signature.noSecret",
    "signature.missing",
    "signature.missing",
  ]);
});

test("panora-signature is checked over the data of the body", async () => {
  assert.ok((await texts(body, null, [secret], `panora-signature: ${panora}`)).includes("signature.matchPanora"));
  const changed = body.replace('"id":1', '"id":2');
  assert.ok((await texts(changed, null, [secret], `panora-signature: ${panora}`)).includes("signature.noMatchPanora"));
});

test("a clock that is off is called off", async () => {
  const at = (seconds: number) => headers.replace(timestamp, String(Math.round(Date.now() / 1000) + seconds));
  assert.ok((await texts(body, body, [secret], at(-3600))).includes("signature.clockOld"));
  assert.ok((await texts(body, body, [secret], at(3600))).includes("signature.clockAhead"));
  assert.ok((await texts(body, body, [secret], at(0))).includes("signature.clockOk"));
});

// What the signature laboratory finds, as data: the sentences are in the texts.
import { quoteRaw } from "../api/raw_json.ts";
import {
  type Difference,
  firstDifference,
  type Headers,
  isReserialised,
  matchingPanora,
  matchingSecret,
  standardSignature,
} from "../parts/signature_check.ts";
import type { Key } from "../text/text.ts";

export interface Finding {
  kind: "good" | "bad" | "warn" | "info";
  text: Key;
  gaps?: Record<string, string | number>;
  difference?: Difference;
}

// Receivers refuse a timestamp that is further away, in seconds.
const mostSkew = 300;

function clock(timestamp: string): Finding[] {
  if (!timestamp) return [];
  if (!/^\d+$/.test(timestamp)) return [{ kind: "bad", text: "signature.badTimestamp" }];
  const age = Math.round(Date.now() / 1000 - Number(timestamp));
  if (age > mostSkew) return [{ kind: "warn", text: "signature.clockOld", gaps: { seconds: age } }];
  if (age < -mostSkew) return [{ kind: "bad", text: "signature.clockAhead", gaps: { seconds: -age } }];
  return [{ kind: "info", text: "signature.clockOk", gaps: { seconds: age } }];
}

function missing(headers: Headers): Finding[] {
  const absent = [
    [headers.id, "webhook-id"],
    [headers.timestamp, "webhook-timestamp"],
    [headers.signatures.length && "x", "webhook-signature"],
  ].filter(([value]) => !value);
  if (absent.length === 3 && headers.panora) return [];
  return absent.map(([, name]) => ({ kind: "bad", text: "signature.missing", gaps: { name: String(name) } }));
}

function bodies(sent: string | null, pasted: string): Finding[] {
  if (sent === null) return [{ kind: "info", text: "signature.noEvent" }];
  const difference = firstDifference(sent, pasted);
  if (!difference) return [{ kind: "good", text: "signature.sameBody" }];
  const found: Finding[] = [
    { kind: "bad", text: "signature.differs", gaps: { byte: difference.byte }, difference },
  ];
  if (pasted.trimEnd() === sent) found.push({ kind: "warn", text: "signature.trailing" });
  else if (isReserialised(sent, pasted)) found.push({ kind: "warn", text: "signature.reserialised" });
  return found;
}

// Names a secret without showing it.
const short = (secret: string) => `whsec_…${secret.slice(-5)}`;

// Returns the text of the member "data" as the body has it.
function dataOf(body: string): string | undefined {
  try {
    return (JSON.parse(quoteRaw(body, "data")) as { data?: string }).data;
  } catch {
    return undefined;
  }
}

async function standard(headers: Headers, body: string, secrets: string[]): Promise<Finding[]> {
  if (!headers.signatures.length || !headers.id || !headers.timestamp) return [];
  const bad: Finding[] = [];
  for (const [i, secret] of secrets.entries()) {
    if ((await standardSignature(secret, "", "", "")) === null) {
      bad.push({ kind: "bad", text: "signature.badSecret", gaps: { number: i + 1 } });
    }
  }
  const match = await matchingSecret(secrets, headers, body);
  const secret = secrets[match];
  if (secret === undefined) return [...bad, { kind: "bad", text: "signature.noMatch" }];
  return [
    { kind: "good", text: "signature.match", gaps: { number: match + 1, secret: short(secret) } },
    ...bad,
  ];
}

async function panora(headers: Headers, data: string | undefined, secrets: string[]): Promise<Finding[]> {
  if (!headers.panora || data === undefined) return [];
  const match = await matchingPanora(secrets, headers.panora, data);
  const secret = secrets[match];
  if (secret === undefined) return [{ kind: "bad", text: "signature.noMatchPanora" }];
  return [
    { kind: "good", text: "signature.matchPanora", gaps: { number: match + 1, secret: short(secret) } },
  ];
}

// Examines what a receiver got. `sent` is the body that the service sent, and
// `signedData` the data as panora-signature signs it; null and undefined: not
// known.
export async function examine(
  headers: Headers,
  body: string,
  secrets: string[],
  sent: string | null,
  signedData: string | undefined,
): Promise<Finding[]> {
  if (!globalThis.crypto?.subtle) return [{ kind: "warn", text: "signature.insecure" }];
  const signatures = secrets.length
    ? [
        ...(await standard(headers, body, secrets)),
        ...(await panora(headers, signedData ?? dataOf(body), secrets)),
      ]
    : [{ kind: "bad", text: "signature.noSecret" } as Finding];
  return [...signatures, ...missing(headers), ...bodies(sent, body), ...clock(headers.timestamp)];
}

// Verifies signatures of deliveries, and finds out why one does not match.

export interface Headers {
  id: string;
  timestamp: string;
  // Those of webhook-signature: "v1,..."
  signatures: string[];
  panora: string;
}

// Reads headers from lines "Name: value", in any case and order; others count
// for nothing.
export function readHeaders(text: string): Headers {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const header = /^\s*["']?([\w-]+)["']?\s*[:=]\s*["']?(.*?)["']?,?\s*$/.exec(line);
    if (header) found.set(header[1]?.toLowerCase() ?? "", header[2] ?? "");
  }
  return {
    id: found.get("webhook-id") ?? "",
    timestamp: found.get("webhook-timestamp") ?? "",
    signatures: (found.get("webhook-signature") ?? "").split(/\s+/).filter(Boolean),
    panora: found.get("panora-signature") ?? "",
  };
}

const encoder = new TextEncoder();

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

// Returns the signature of Standard Webhooks; null if the secret is not whsec_
// and base64.
export async function standardSignature(
  secret: string,
  id: string,
  timestamp: string,
  body: string,
): Promise<string | null> {
  const key = fromBase64(secret.replace(/^whsec_/, ""));
  if (!secret.startsWith("whsec_") || !key?.length) return null;
  return `v1,${toBase64(await hmac(key, `${id}.${timestamp}.${body}`))}`;
}

// Returns panora-signature of `data`, as JSON.stringify writes it.
export async function panoraSignature(secret: string, data: string): Promise<string> {
  const digest = await hmac(encoder.encode(secret), data);
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Returns the number of the secret that made one of the signatures, from 0; -1:
// none of them did.
export async function matchingSecret(secrets: string[], headers: Headers, body: string): Promise<number> {
  for (const [i, secret] of secrets.entries()) {
    const made = await standardSignature(secret, headers.id, headers.timestamp, body);
    if (made && headers.signatures.includes(made)) return i;
  }
  return -1;
}

export async function matchingPanora(secrets: string[], signature: string, data: string): Promise<number> {
  for (const [i, secret] of secrets.entries()) {
    if ((await panoraSignature(secret, data)) === signature.toLowerCase()) return i;
  }
  return -1;
}

export interface Difference {
  // The offset of the first byte that differs.
  byte: number;
  // The bytes from there; "" at the end.
  sent: string;
  pasted: string;
}

// Compares the bytes of two texts; null: they are the same.
export function firstDifference(sent: string, pasted: string): Difference | null {
  const a = encoder.encode(sent);
  const b = encoder.encode(pasted);
  let byte = 0;
  while (byte < a.length && byte < b.length && a[byte] === b[byte]) byte++;
  if (byte === a.length && byte === b.length) return null;
  // Shows whole characters.
  while (byte > 0 && ((a[byte] ?? 0) & 0xc0) === 0x80) byte--;
  const part = (bytes: Uint8Array) => new TextDecoder().decode(bytes.slice(byte, byte + 24));
  return { byte, sent: part(a), pasted: part(b) };
}

// Returns true if both texts are the same JSON, written differently. The order
// of keys does not count.
export function isReserialised(sent: string, pasted: string): boolean {
  try {
    return canonical(JSON.parse(sent)) === canonical(JSON.parse(pasted));
  } catch {
    return false;
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
}

// Calls of the gateway that this page came from.
import { ApiError, errorOf, noAnswer } from "./error.ts";
import { key, lock } from "./key.ts";
import { noteRate, noteRetryAfter } from "./rate.ts";
import { quoteRaw } from "./raw_json.ts";

// The page is at CONSOLE/, one step below the gateway's paths.
export const gateway = new URL("../", document.baseURI).href;

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  // From the gateway's root, without a slash at the begin: "webhooks?active=true".
  path: string;
  // JSON text.
  body?: string;
  ifMatch?: string;
  idempotencyKey?: string;
}

export interface Answer<T> {
  data: T;
  status: number;
  etag: string;
  // The path of the next page of a list; "" on the last one.
  next: string;
  requestId: string;
}

function headersOf(call: Call, credential: string): Headers {
  const headers = new Headers({ accept: "application/json" });
  if (credential) headers.set("x-api-key", credential);
  if (call.body !== undefined) headers.set("content-type", "application/json");
  if (call.ifMatch) headers.set("if-match", call.ifMatch);
  if (call.idempotencyKey) headers.set("idempotency-key", call.idempotencyKey);
  return headers;
}

function nextPath(link: string | null): string {
  const found = /<([^>]*)>;\s*rel="next"/.exec(link ?? "");
  return found?.[1]?.replace(/^\//, "") ?? "";
}

// Sends a call with a key of its own.
export async function callWith<T>(credential: string, call: Call, stop?: AbortSignal): Promise<Answer<T>> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(gateway + call.path, {
      method: call.method,
      headers: headersOf(call, credential),
      body: call.body ?? null,
      cache: "no-store",
      credentials: "same-origin",
      signal: stop ?? null,
    });
    text = await answer.text();
  } catch (cause) {
    if (stop?.aborted) throw cause;
    throw noAnswer(cause);
  }
  noteRate(answer.headers);
  if (!answer.ok) {
    const error = errorOf(answer, text);
    noteRetryAfter(error.retryAfter);
    throw error;
  }
  return {
    data: (text ? JSON.parse(quoteRaw(text, "data")) : null) as T,
    status: answer.status,
    etag: answer.headers.get("etag") ?? "",
    next: nextPath(answer.headers.get("link")),
    requestId: answer.headers.get("x-request-id") ?? "",
  };
}

// Sends a call with the key of this tab. If the key is refused, the console is
// locked, and the key dialog opens over the page.
export async function call<T>(request: Call, stop?: AbortSignal): Promise<Answer<T>> {
  const used = key.value;
  try {
    return await callWith<T>(used ?? "", request, stop);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401 && key.value === used) lock(true);
    throw error;
  }
}

export const get = <T>(path: string, stop?: AbortSignal) => call<T>({ method: "GET", path }, stop);

// Returns a query with the parameters that are set: "?a=b", or "".
export function query(parameters: Record<string, string | number | undefined>): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") set.set(name, String(value));
  }
  const text = set.toString();
  return text ? `?${text}` : "";
}

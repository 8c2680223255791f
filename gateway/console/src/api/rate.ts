// When the console may call by itself: less often while the project has few calls
// left in this second, which its programs need, and not before the time that a
// refusal named.
import { signal } from "@preact/signals";

const scarce = 0.2;
const slowness = 6;

// The factor by which the console waits longer between its own calls.
export const pace = signal(1);

let quietUntil = 0;

export function noteRate(headers: Headers) {
  const limit = Number(headers.get("ratelimit-limit"));
  const remaining = headers.get("ratelimit-remaining");
  if (!limit || remaining === null) return;
  pace.value = Number(remaining) < limit * scarce ? slowness : 1;
}

// `seconds` is the Retry-After of an answer; 0: it had none.
export function noteRetryAfter(seconds: number) {
  quietUntil = Math.max(quietUntil, Date.now() + seconds * 1000);
}

// Returns the seconds for which the console must not call by itself.
export const quietFor = () => Math.max(0, (quietUntil - Date.now()) / 1000);

// The calls that the project has left in this second. The console slows down
// before it takes what programs of the project need.
import { signal } from "@preact/signals";

const scarce = 0.2;
const slowness = 6;

// The factor by which the console waits longer between its own calls.
export const pace = signal(1);

export function noteRate(headers: Headers) {
  const limit = Number(headers.get("ratelimit-limit"));
  const remaining = headers.get("ratelimit-remaining");
  if (!limit || remaining === null) return;
  pace.value = Number(remaining) < limit * scarce ? slowness : 1;
}

// The API key of this tab. It is kept in sessionStorage, which ends with the
// tab, and is given to new tabs of this origin over a BroadcastChannel. Nothing
// else stores it. After 30 minutes without a key press or click, all tabs
// forget it.
import { batch, signal } from "@preact/signals";

const entry = "webhooks-key";
const idleLimit = 30 * 60 * 1000;
const channelName = "webhooks-key";

// True if the gateway refused the key, so that what is shown stays; false if the
// console was locked on purpose or was idle.
export const refused = signal(false);

type Message =
  | { kind: "ask" }
  | { kind: "key"; key: string }
  | { kind: "lock"; refused: boolean }
  | { kind: "used" };

interface Kept {
  key: string;
  used: number;
}

// The key; "" for a client whose certificate replaces it; null if the console
// is locked.
export const key = signal<string | null>(null);

const channel = new BroadcastChannel(channelName);
let used = Date.now();

function keep() {
  if (key.value) {
    const kept: Kept = { key: key.value, used };
    sessionStorage.setItem(entry, JSON.stringify(kept));
  } else {
    sessionStorage.removeItem(entry);
  }
}

function tell(message: Message) {
  channel.postMessage(message);
}

function forget(isRefused: boolean) {
  batch(() => {
    refused.value = isRefused;
    key.value = null;
  });
  keep();
}

export function unlock(given: string) {
  used = Date.now();
  key.value = given;
  keep();
  if (given) tell({ kind: "key", key: given });
}

// Forgets the key in all tabs.
export function lock(isRefused = false) {
  forget(isRefused);
  tell({ kind: "lock", refused: isRefused });
}

function lockIfIdle() {
  if (key.value !== null && Date.now() - used >= idleLimit) lock();
}

function use() {
  lockIfIdle();
  const now = Date.now();
  if (now - used < 10_000) return;
  used = now;
  keep();
  tell({ kind: "used" });
}

channel.onmessage = ({ data }: MessageEvent<Message>) => {
  if (data.kind === "ask" && key.value) tell({ kind: "key", key: key.value });
  if (data.kind === "lock") forget(data.refused);
  if (data.kind === "used") used = Date.now();
  if (data.kind === "key" && key.value === null) {
    used = Date.now();
    key.value = data.key;
    keep();
  }
};

function restore() {
  const text = sessionStorage.getItem(entry);
  if (!text) return;
  const kept = JSON.parse(text) as Kept;
  used = kept.used;
  key.value = kept.key;
  lockIfIdle();
}

// Restores the key of this tab, or asks other tabs for theirs. Returns after
// they had time to answer.
export async function begin() {
  restore();
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, use);
  document.addEventListener("visibilitychange", lockIfIdle);
  setInterval(lockIfIdle, 15_000);
  if (key.value !== null) return;
  const answered = new Promise<void>((resolve) => {
    const stop = key.subscribe((value) => {
      if (value === null) return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
  tell({ kind: "ask" });
  await Promise.race([answered, new Promise((resolve) => setTimeout(resolve, 150))]);
}

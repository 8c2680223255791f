// The webhooks of the project by their ids, for lists that name them.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "./client.ts";
import { key } from "./key.ts";
import type { Webhook } from "./types.ts";

export type Named = Pick<Webhook, "id_webhook_endpoint" | "url" | "endpoint_description">;

const names = signal<Map<string, Named>>(new Map());
let loadedFor: string | null = null;

async function load() {
  if (key.value === null || loadedFor === key.value) return;
  loadedFor = key.value;
  try {
    const { data } = await get<Webhook[]>("webhooks?page_size=1000");
    names.value = new Map(data.map((webhook) => [webhook.id_webhook_endpoint, webhook]));
  } catch {
    // Lists show ids in place of names.
    loadedFor = null;
  }
}

// Says that webhooks were made, changed or deleted.
export function forgetNames() {
  loadedFor = null;
  void load();
}

export function useWebhookNames(): Map<string, Named> {
  const current = key.value;
  // Another key has other webhooks.
  useEffect(() => void load(), [current]);
  return names.value;
}

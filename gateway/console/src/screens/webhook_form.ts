// The fields of a webhook as a form has them, and as calls have them.
import type { DeliverySettings, Webhook } from "../api/types.ts";

export interface Draft {
  url: string;
  description: string;
  everyType: boolean;
  // One a line.
  scope: string;
  headers: string;
  maxInFlight: string;
  maxPerSecond: string;
  ordered: boolean;
  timeout: string;
  schedule: string;
}

// The fields of a webhook that a call changes.
export interface Fields {
  url: string | null;
  description: string | null;
  scope: string[] | null;
  delivery: DeliverySettings | null;
}

export type FieldName = keyof Fields;
export const fieldNames: FieldName[] = ["url", "description", "scope", "delivery"];

// A value that is no number, or a line that is no header.
export class FormError extends Error {
  constructor(
    readonly field: keyof Draft,
    readonly line = 0,
  ) {
    super(field);
  }
}

export const emptyDraft: Draft = {
  url: "",
  description: "",
  everyType: true,
  scope: "",
  headers: "",
  maxInFlight: "",
  maxPerSecond: "",
  ordered: false,
  timeout: "",
  schedule: "",
};

const seconds = (duration: string) => duration.replace(/s$/, "");

export function draftOf(webhook: Webhook): Draft {
  const delivery = webhook.delivery;
  return {
    url: webhook.url ?? "",
    description: webhook.endpoint_description ?? "",
    everyType: webhook.scope === null,
    scope: webhook.scope?.join("\n") ?? "",
    headers: Object.entries(delivery?.headers ?? {})
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n"),
    maxInFlight: String(delivery?.max_in_flight ?? ""),
    maxPerSecond: String(delivery?.max_per_second ?? ""),
    ordered: delivery?.ordered ?? false,
    timeout: delivery?.timeout ? seconds(delivery.timeout) : "",
    schedule: (delivery?.schedule ?? []).map(seconds).join(" "),
  };
}

const lines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

function headersOf(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  lines(text).forEach((line, i) => {
    const colon = line.indexOf(":");
    if (colon < 1) throw new FormError("headers", i + 1);
    headers[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  });
  return headers;
}

function numberOf(text: string, field: keyof Draft): number {
  if (!/^\d+(\.\d+)?$/.test(text.trim())) throw new FormError(field);
  return Number(text);
}

// Returns the settings, without those that are left to the server; null: none.
function deliveryOf(draft: Draft): DeliverySettings | null {
  const settings: Record<string, unknown> = {};
  const headers = headersOf(draft.headers);
  if (Object.keys(headers).length) settings["headers"] = headers;
  if (draft.maxInFlight) settings["max_in_flight"] = numberOf(draft.maxInFlight, "maxInFlight");
  if (draft.maxPerSecond) settings["max_per_second"] = numberOf(draft.maxPerSecond, "maxPerSecond");
  if (draft.ordered) settings["ordered"] = true;
  if (draft.timeout) settings["timeout"] = `${numberOf(draft.timeout, "timeout")}s`;
  const schedule = draft.schedule.split(/[\s,]+/).filter(Boolean);
  if (schedule.length) settings["schedule"] = schedule.map((delay) => `${numberOf(delay, "schedule")}s`);
  return Object.keys(settings).length ? (settings as DeliverySettings) : null;
}

// Throws FormError.
export function fieldsOf(draft: Draft): Fields {
  return {
    url: draft.url.trim() || null,
    description: draft.description || null,
    scope: draft.everyType ? null : lines(draft.scope),
    delivery: deliveryOf(draft),
  };
}

// Returns the fields of `draft` that differ from `base`.
export function changes(draft: Draft, base: Draft): Partial<Fields> {
  const mine = fieldsOf(draft);
  const theirs = fieldsOf(base);
  const changed: Partial<Fields> = {};
  for (const name of fieldNames) {
    if (JSON.stringify(mine[name]) !== JSON.stringify(theirs[name]))
      Object.assign(changed, { [name]: mine[name] });
  }
  return changed;
}

// Returns the words of webhookctl for fields.
export function ctlFlags(fields: Partial<Fields>): string[] {
  const flags: string[] = [];
  const cleared: string[] = [];
  if (fields.url) flags.push(`--url=${fields.url}`);
  if (fields.url === null) cleared.push("url");
  if (fields.description) flags.push(`--description=${fields.description}`);
  if (fields.description === null) cleared.push("description");
  if (fields.scope) flags.push(`--scope=${fields.scope.join(",")}`);
  if (fields.scope === null) flags.push("--all_events");
  if (fields.delivery) flags.push(`--delivery=${JSON.stringify(fields.delivery)}`);
  if (fields.delivery === null) cleared.push("delivery");
  return cleared.length ? [...flags, `--clear=${cleared.join(",")}`] : flags;
}

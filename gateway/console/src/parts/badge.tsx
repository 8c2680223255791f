import type { Attempt, Delivery, Webhook } from "../api/types.ts";
import { type Key, t } from "../text/text.ts";

type Tone = "good" | "bad" | "warn" | "busy" | "calm";

const tones: Record<string, Tone> = {
  DELIVERED: "good",
  FAILED: "bad",
  PENDING: "busy",
  IN_FLIGHT: "busy",
  HELD: "warn",
  CANCELLED: "calm",
  RUNNING: "busy",
  DONE: "good",
};

// A state: a colour, a shape and a word.
export function Badge({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span class={`badge ${tone}`}>
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}

export function StateBadge({ state }: { state: string }) {
  return <Badge tone={tones[state] ?? "calm"} text={t(`state.${state}` as Key)} />;
}

// Returns true if attempts have failed and another one follows.
export function isRetrying(delivery: Delivery): boolean {
  return delivery.state === "PENDING" && delivery.attempt_count > 0;
}

export function toneOf(delivery: Delivery): Tone {
  return isRetrying(delivery) ? "warn" : (tones[delivery.state] ?? "calm");
}

export function DeliveryBadge({ delivery }: { delivery: Delivery }) {
  return isRetrying(delivery) ? (
    <Badge tone="warn" text={t("state.RETRYING")} />
  ) : (
    <StateBadge state={delivery.state} />
  );
}

// Returns true if none of the latest deliveries that were attempted succeeded.
function fails(latest: Delivery[]): boolean {
  const attempted = latest.filter((delivery) => delivery.attempt_count > 0).slice(0, 3);
  return attempted.length > 0 && attempted.every((delivery) => delivery.state !== "DELIVERED");
}

// `latest` are deliveries of the webhook, the newest first.
export function WebhookBadge({ webhook, latest = [] }: { webhook: Webhook; latest?: Delivery[] }) {
  if (webhook.deactivation) return <Badge tone="bad" text={t("state.deactivated")} />;
  if (!webhook.active) return <Badge tone="warn" text={t("state.inactive")} />;
  if (webhook.url === null) return <Badge tone="calm" text={t("state.noUrl")} />;
  if (fails(latest)) return <Badge tone="bad" text={t("state.failing")} />;
  return <Badge tone="good" text={t("state.active")} />;
}

// The outcome of an attempt in a few words.
export function outcome(attempt: Attempt): string {
  const status = String(attempt.status ?? "");
  if (attempt.error === null) return t("error.none", { status });
  return t(`error.${attempt.error}` as Key, { status });
}

// Why an event was or was not delivered to a webhook: one sentence, and the
// button that mends it.
import { call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Delivery, Explanation, Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { ActionButton } from "../parts/action.tsx";
import { outcome } from "../parts/badge.tsx";
import { Failed } from "../parts/feedback.tsx";
import { href } from "../parts/route.ts";
import { Shown } from "../parts/text_shown.tsx";
import { timeText } from "../parts/time.tsx";
import { type Key, t } from "../text/text.ts";

const good = ["DELIVERED"];
const waits = ["IN_FLIGHT", "SCHEDULED", "WAITING", "BEHIND_ANOTHER"];
const calm = ["CANCELLED", "WEBHOOK_REMOVED", "NOT_IN_SCOPE", "WEBHOOK_IS_NEWER"];

export function toneOfReason(reason: string): "good" | "info" | "warn" | "bad" {
  if (good.includes(reason)) return "good";
  if (waits.includes(reason) || calm.includes(reason)) return "info";
  return reason.startsWith("WEBHOOK_") || reason === "RETRYING" ? "warn" : "bad";
}

export function reasonText({ reason, delivery, next_attempt_at }: Explanation): string {
  const last = delivery?.attempts.at(-1);
  return t(`reason.${reason}` as Key, {
    error: last ? outcome(last) : "–",
    attempts: delivery?.attempt_count ?? 0,
    status: last?.status ?? "–",
    next: next_attempt_at ? timeText(next_attempt_at) : "–",
    state: delivery?.state ?? "",
  });
}

interface Properties {
  explanation: Explanation;
  event: string;
  webhook: string;
  changed: () => void;
}

// A new delivery, or another attempt of the one that there is.
function DeliverButton({ explanation, event, webhook, changed }: Properties) {
  const delivery = explanation.delivery;
  const path = delivery ? `deliveries/${delivery.id_delivery}:retry` : `events/${event}:deliver`;
  const body = delivery ? "{}" : JSON.stringify({ id_webhook_endpoint: webhook });
  const request = { method: "POST", path, body } as const;
  const action = useAction(async () => {
    await call<Delivery>(request);
    changed();
  });
  const label = delivery
    ? delivery.state === "DELIVERED"
      ? "delivery.resend"
      : "delivery.retry"
    : "event.deliver";
  const ctl = delivery
    ? words("delivery", "retry", delivery.id_delivery)
    : words("event", "deliver", event, webhook);
  return (
    <>
      <ActionButton
        label={t(label)}
        class={["warn", "bad"].includes(toneOfReason(explanation.reason)) ? "primary" : ""}
        action={action}
        command={{ call: request, ctl }}
        disabled={delivery?.state === "IN_FLIGHT"}
      />
      {action.error && <Failed error={action.error} />}
    </>
  );
}

export function ActivateButton({ webhook, changed }: { webhook: string; changed: () => void }) {
  const request = { method: "PATCH", path: `webhooks/${webhook}`, body: `{"active":true}` } as const;
  const action = useAction(async () => {
    await call<Webhook>(request);
    changed();
  });
  return (
    <>
      <ActionButton
        label={t("webhook.activate")}
        class="primary"
        action={action}
        command={{ call: request, ctl: words("webhook", "update", webhook, "--active=true") }}
      />
      {action.error && <Failed error={action.error} />}
    </>
  );
}

// The action that mends the reason.
function Remedy(properties: Properties) {
  const { reason } = properties.explanation;
  if (reason === "WEBHOOK_REMOVED" || reason === "EVENT_DAMAGED" || reason === "IN_FLIGHT") return null;
  if (reason === "WEBHOOK_INACTIVE")
    return <ActivateButton webhook={properties.webhook} changed={properties.changed} />;
  if (reason === "WEBHOOK_WITHOUT_URL") {
    return (
      <a class="button primary" href={href(["webhooks", properties.webhook], { tab: "settings" })}>
        {t("webhook.addUrl")}
      </a>
    );
  }
  return <DeliverButton {...properties} />;
}

export function Reason(properties: Properties) {
  const { explanation } = properties;
  return (
    <div class={`reason-box ${toneOfReason(explanation.reason)}`}>
      <div>
        <p class="sentence">{reasonText(explanation)}</p>
        <p class="muted">
          <code>{explanation.reason}</code>{" "}
          <Shown text={t("delivery.server", { message: explanation.message })} />
        </p>
      </div>
      <div class="remedy">
        <Remedy {...properties} />
      </div>
    </div>
  );
}

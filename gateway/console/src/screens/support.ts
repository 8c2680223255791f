// A delivery as a text for support, without secrets.
import type { Attempt, Explanation, Webhook } from "../api/types.ts";
import { redact } from "../parts/redact.ts";

function attemptLines(attempt: Attempt): string[] {
  const phases = ["dns", "connect", "tls", "first_byte", "total"] as const;
  const times = phases.map((name) => `${name} ${attempt[name] ?? "-"}`).join(", ");
  return [
    `attempt ${attempt.number} at ${attempt.started_at}: ${attempt.error ?? "success"}, status ${attempt.status ?? "-"}`,
    `  ${attempt.error_detail || "no error"}`,
    `  address ${attempt.address || "-"}; ${times}`,
  ];
}

export function supportText(explanation: Explanation, webhook: Webhook | undefined): string {
  const { delivery, reason, message } = explanation;
  const lines = [
    `reason: ${reason}: ${message}`,
    `delivery: ${delivery?.id_delivery ?? "none"}, ${delivery?.state ?? ""}`,
    `event: ${delivery?.id_event ?? ""} ${delivery?.event_type ?? ""} at ${delivery?.created_at ?? ""}`,
    `webhook: ${webhook?.id_webhook_endpoint ?? delivery?.id_webhook_endpoint ?? ""} ${webhook?.url ?? ""}`,
    `next attempt: ${explanation.next_attempt_at ?? "none"}`,
    ...(delivery?.attempts ?? []).flatMap(attemptLines),
  ];
  return redact(lines.join("\n"));
}

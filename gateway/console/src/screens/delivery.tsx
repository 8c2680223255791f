import { useEffect, useState } from "preact/hooks";
import { call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Delivery, Explanation, Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { type Resource, useResource } from "../api/use_resource.ts";
import { ActionButton } from "../parts/action.tsx";
import { DeliveryBadge } from "../parts/badge.tsx";
import { Copy, Id } from "../parts/copy.tsx";
import { Empty, Failed, Skeleton } from "../parts/feedback.tsx";
import { Payload } from "../parts/payload.tsx";
import { href } from "../parts/route.ts";
import { Time } from "../parts/time.tsx";
import { WebhookName } from "../parts/webhook_name.tsx";
import { plural, t } from "../text/text.ts";
import { AttemptEntry } from "./attempt.tsx";
import { Reason } from "./reason.tsx";
import { supportText } from "./support.ts";

function Timeline({ delivery }: { delivery: Delivery }) {
  const last = delivery.attempts.at(-1);
  const next = delivery.next_attempt_at;
  const number = delivery.attempt_count + 1;
  const further = last ? last.max_number - number : 0;
  return (
    <section>
      <h2>{t("delivery.timeline")}</h2>
      <ol class="timeline">
        {next && (
          <li class="planned">
            <strong>{t("delivery.planned", { number })}</strong> <Time at={next} long />
            {further > 0 && <span class="muted"> {plural("delivery.remaining", further)}</span>}
          </li>
        )}
        {delivery.attempts
          .slice()
          .reverse()
          .map((attempt) => (
            <AttemptEntry key={attempt.number} attempt={attempt} open={attempt === last} />
          ))}
        <li class="begin">
          {t("delivery.published")} <Time at={delivery.created_at} long />
        </li>
      </ol>
    </section>
  );
}

// The body is behind the second dot of what was signed.
export function bodyOf(signed: string): string {
  return signed.slice(signed.indexOf(".", signed.indexOf(".") + 1) + 1);
}

function Sent({ explanation, delivery }: { explanation: Explanation; delivery: Delivery }) {
  const [id, timestamp] = explanation.signed_content.split(".", 2);
  return (
    <section>
      <h2>{t("delivery.request")}</h2>
      <div class="code">
        <pre>{`content-type: application/json\nwebhook-id: ${id}\nwebhook-timestamp: ${timestamp}`}</pre>
      </div>
      <Payload text={bodyOf(explanation.signed_content)} label={t("delivery.body")} />
      <p>
        <a href={href(["signature"], { webhook: delivery.id_webhook_endpoint, event: delivery.id_event })}>
          {t("delivery.checkSignature")}
        </a>
      </p>
    </section>
  );
}

const ended = ["DELIVERED", "FAILED", "CANCELLED"];

function CancelButton({ delivery, resource }: { delivery: Delivery; resource: Resource<Delivery> }) {
  const request = { method: "POST", path: `deliveries/${delivery.id_delivery}:cancel`, body: "{}" } as const;
  const action = useAction(async () => {
    resource.set(await call<Delivery>(request));
  });
  return (
    <>
      <ActionButton
        label={t("delivery.cancel")}
        action={action}
        command={{ call: request, ctl: words("delivery", "cancel", delivery.id_delivery) }}
      />
      {action.error && <Failed error={action.error} />}
    </>
  );
}

export function DeliveryScreen({ id }: { id: string }) {
  const [seconds, setSeconds] = useState(2);
  const resource = useResource<Delivery>(`deliveries/${encodeURIComponent(id)}`, seconds);
  const delivery = resource.answer?.data;
  const isEnded = ended.includes(delivery?.state ?? "");
  useEffect(() => setSeconds(isEnded ? 15 : 2), [isEnded]);
  const place = delivery ? `events/${delivery.id_event}/deliveries/${delivery.id_webhook_endpoint}` : "";
  const explained = useResource<Explanation>(place);
  const webhook = useResource<Webhook>(delivery ? `webhooks/${delivery.id_webhook_endpoint}` : "");
  const explanation = explained.answer?.data;
  const changed = `${delivery?.state} ${delivery?.attempt_count} ${delivery?.next_attempt_at}`;
  // Explains each change.
  useEffect(() => {
    if (delivery) void explained.reload();
  }, [changed]);
  if (!delivery) {
    if (resource.error?.status === 404) return <Empty title={t("delivery.gone")} />;
    return resource.error ? <Failed error={resource.error} retry={resource.reload} /> : <Skeleton />;
  }
  return (
    <article class={resource.error ? "stale" : ""}>
      <header class="title">
        <div>
          <h1>
            {t("delivery.title")} <DeliveryBadge delivery={delivery} />
          </h1>
          <p class="facts">
            <Id id={delivery.id_delivery} /> <Copy text={delivery.id_delivery} />
          </p>
        </div>
        <div class="actions">
          {explanation && (
            <Copy
              class=""
              label={t("common.support")}
              done={t("common.supportDone")}
              text={() => supportText(explanation, webhook.answer?.data)}
            />
          )}
          {!isEnded && <CancelButton delivery={delivery} resource={resource} />}
        </div>
      </header>
      {resource.error && <Failed error={resource.error} retry={resource.reload} stale />}
      {explained.error && <Failed error={explained.error} retry={explained.reload} stale={!!explanation} />}
      {explanation && (
        <Reason
          explanation={explanation}
          event={delivery.id_event}
          webhook={delivery.id_webhook_endpoint}
          changed={resource.reload}
        />
      )}
      <dl class="facts wide">
        <div>
          <dt>{t("field.event")}</dt>
          <dd>
            <a href={href(["events", delivery.id_event])}>
              <code>{delivery.event_type}</code> <Id id={delivery.id_event} short />
            </a>
          </dd>
        </div>
        <div>
          <dt>{t("field.webhook")}</dt>
          <dd>
            <WebhookName id={delivery.id_webhook_endpoint} />
          </dd>
        </div>
        <div>
          <dt>{t("field.published")}</dt>
          <dd>
            <Time at={delivery.created_at} long />
          </dd>
        </div>
      </dl>
      <Timeline delivery={delivery} />
      {explanation?.signed_content && <Sent explanation={explanation} delivery={delivery} />}
    </article>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";
import type { Event, Explanation, Webhook } from "../api/types.ts";
import { useList } from "../api/use_list.ts";
import { useResource } from "../api/use_resource.ts";
import { Copy, Id } from "../parts/copy.tsx";
import { Empty, Failed, Notice, Skeleton } from "../parts/feedback.tsx";
import { Payload } from "../parts/payload.tsx";
import { href } from "../parts/route.ts";
import { Time } from "../parts/time.tsx";
import { WebhookName } from "../parts/webhook_name.tsx";
import { t } from "../text/text.ts";
import { Reason } from "./reason.tsx";

// The number of webhooks that are explained before the reader asks for more: each
// is a call.
const step = 10;

interface ExplainedProperties {
  event: string;
  webhook: string;
  state: string;
  changed: () => void;
}

// `state` is that of the delivery; each change of it is explained.
function Explained({ event, webhook, state, changed }: ExplainedProperties) {
  const { answer, error, reload } = useResource<Explanation>(`events/${event}/deliveries/${webhook}`);
  const seen = useRef(state);
  useEffect(() => {
    if (seen.current !== state) void reload();
    seen.current = state;
  }, [state]);
  const explanation = answer?.data;
  const again = () => {
    void reload();
    changed();
  };
  return (
    <li>
      <p class="facts">
        <WebhookName id={webhook} />
        {explanation?.delivery && (
          <a href={href(["deliveries", explanation.delivery.id_delivery])}>
            {t("field.delivery")} <Id id={explanation.delivery.id_delivery} short />
          </a>
        )}
      </p>
      {error && <Failed error={error} retry={reload} stale={!!explanation} />}
      {explanation ? (
        <Reason explanation={explanation} event={event} webhook={webhook} changed={again} />
      ) : (
        !error && <Skeleton rows={1} />
      )}
    </li>
  );
}

// The webhooks of the project: first those with a delivery of the event.
function Outcomes({ event, changed }: { event: Event; changed: () => void }) {
  const webhooks = useList<Webhook>("webhooks?page_size=1000", (webhook) => webhook.id_webhook_endpoint);
  const [most, setMost] = useState(step);
  const states = new Map(event.deliveries.map((delivery) => [delivery.id_webhook_endpoint, delivery.state]));
  const matched = event.deliveries.map((delivery) => delivery.id_webhook_endpoint);
  const others = (webhooks.rows ?? [])
    .map((webhook) => webhook.id_webhook_endpoint)
    .filter((id) => !matched.includes(id));
  const all = [...matched, ...others];
  return (
    <section>
      <h2>{t("event.becameOf")}</h2>
      <p class="muted">{t("event.becameOfText")}</p>
      {event.matched_webhooks === 0 && <Notice kind="warn">{t("event.noneMatched")}</Notice>}
      {webhooks.error && <Failed error={webhooks.error} retry={webhooks.reload} />}
      <ul class="outcomes">
        {all.slice(0, most).map((id) => (
          <Explained
            key={id}
            event={event.id_event}
            webhook={id}
            state={states.get(id) ?? ""}
            changed={changed}
          />
        ))}
      </ul>
      {webhooks.rows && all.length === 0 && (
        <Empty title={t("webhooks.none")}>
          <a class="button primary" href={href(["webhooks"], { create: "1" })}>
            {t("webhooks.create")}
          </a>
        </Empty>
      )}
      {all.length > most && (
        <button type="button" onClick={() => setMost(most + step)}>
          {t("event.moreWebhooks")}
        </button>
      )}
    </section>
  );
}

export function EventScreen({ id }: { id: string }) {
  const { answer, error, reload } = useResource<Event>(`events/${encodeURIComponent(id)}`, 3);
  const event = answer?.data;
  if (!event) {
    if (error?.status === 404) return <Empty title={t("event.gone")} />;
    return error ? <Failed error={error} retry={reload} /> : <Skeleton />;
  }
  return (
    <article>
      <header class="title">
        <div>
          <h1>
            {t("event.title")} <code>{event.type}</code>
          </h1>
          <p class="facts">
            <span>
              <Id id={event.id_event} /> <Copy text={event.id_event} />
            </span>
            <span class="muted">
              {t("field.published")} <Time at={event.created_at} long />
            </span>
            {event.deliver_at && (
              <span class="muted">
                {t("field.deliverAt")} <Time at={event.deliver_at} long />
              </span>
            )}
          </p>
        </div>
        <a class="button" href={href(["deliveries"], { id_event: event.id_event })}>
          {t("nav.deliveries")}
        </a>
      </header>
      {error && <Failed error={error} retry={reload} stale />}
      <Payload text={event.data} label={t("event.data")} />
      <Outcomes event={event} changed={reload} />
    </article>
  );
}

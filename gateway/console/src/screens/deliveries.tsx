import { query } from "../api/client.ts";
import type { Delivery } from "../api/types.ts";
import { useList } from "../api/use_list.ts";
import { DeliveryBadge, outcome } from "../parts/badge.tsx";
import { Id } from "../parts/copy.tsx";
import { Empty } from "../parts/feedback.tsx";
import { FilterChoice, FilterField, Filters, FilterTime, isFiltered } from "../parts/filters.tsx";
import { goneRow, ListView } from "../parts/list_view.tsx";
import { href, route, setParameters } from "../parts/route.ts";
import { relative, Time } from "../parts/time.tsx";
import { useWebhookOptions, WebhookName } from "../parts/webhook_name.tsx";
import { type Key, t } from "../text/text.ts";

export const states = ["PENDING", "IN_FLIGHT", "DELIVERED", "FAILED", "HELD", "CANCELLED"];
const names = ["state", "id_webhook_endpoint", "id_event", "event_type", "start_time", "end_time"];

function DeliveryFilters({ webhook }: { webhook?: string | undefined }) {
  const webhooks = useWebhookOptions();
  const any: [string, string] = ["", t("common.any")];
  return (
    <Filters names={names}>
      <FilterChoice
        label={t("field.state")}
        name="state"
        options={[any, ...states.map((state): [string, string] => [state, t(`state.${state}` as Key)])]}
      />
      {!webhook && (
        <FilterChoice label={t("field.webhook")} name="id_webhook_endpoint" options={[any, ...webhooks]} />
      )}
      <FilterField label={t("field.type")} name="event_type" />
      <FilterField label={t("field.event")} name="id_event" />
      <FilterTime label={t("common.from")} name="start_time" />
      <FilterTime label={t("common.to")} name="end_time" />
    </Filters>
  );
}

function LastResult({ delivery }: { delivery: Delivery }) {
  const attempt = delivery.attempts.at(-1);
  if (!attempt) return <span class="muted">{t("deliveries.noAttempt")}</span>;
  return <span title={attempt.error_detail}>{outcome(attempt)}</span>;
}

// The deliveries of the project, or of one webhook.
export function DeliveryList({ webhook }: { webhook?: string }) {
  const { parameters } = route.value;
  const filters = Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ""]));
  if (webhook) filters["id_webhook_endpoint"] = webhook;
  const filtered = isFiltered(names);
  const list = useList<Delivery>(
    `deliveries${query({ page_size: 50, ...filters })}`,
    (delivery) => delivery.id_delivery,
    5,
  );
  const row = (delivery: Delivery) => (
    <tr key={delivery.id_delivery} {...goneRow(list, delivery.id_delivery)}>
      <td data-label={t("field.state")}>
        <DeliveryBadge delivery={delivery} />
      </td>
      <td class="main-cell">
        <a class="name" href={href(["deliveries", delivery.id_delivery])}>
          {delivery.event_type} <Id id={delivery.id_delivery} short />
        </a>
      </td>
      {!webhook && (
        <td data-label={t("field.webhook")} class="url">
          <WebhookName id={delivery.id_webhook_endpoint} />
        </td>
      )}
      <td data-label={t("field.published")} class="time">
        <Time at={delivery.created_at} />
      </td>
      <td data-label={t("field.attempts")} class="number">
        {delivery.attempt_count}
      </td>
      <td data-label={t("field.lastResult")}>
        <LastResult delivery={delivery} />
      </td>
      <td data-label={t("field.next")} class="time">
        {delivery.next_attempt_at ? (
          <span title={delivery.next_attempt_at}>{relative(delivery.next_attempt_at)}</span>
        ) : (
          <span class="muted">–</span>
        )}
      </td>
    </tr>
  );
  return (
    <>
      <DeliveryFilters webhook={webhook} />
      <ListView
        list={list}
        caption={t("deliveries.title")}
        head={[
          t("field.state"),
          t("field.delivery"),
          ...(webhook ? [] : [t("field.webhook")]),
          t("field.published"),
          t("field.attempts"),
          t("field.lastResult"),
          t("field.next"),
        ]}
        row={row}
        searching={t("deliveries.searching")}
        empty={
          filtered ? (
            <Empty title={t("deliveries.noMatch")}>
              <button
                type="button"
                onClick={() => setParameters(Object.fromEntries(names.map((name) => [name, undefined])))}
              >
                {t("common.clearFilters")}
              </button>
            </Empty>
          ) : (
            <Empty title={t("deliveries.none")}>
              <p>{t("deliveries.noneText")}</p>
            </Empty>
          )
        }
      />
    </>
  );
}

export function Deliveries() {
  return (
    <>
      <header class="title">
        <h1>{t("deliveries.title")}</h1>
      </header>
      <DeliveryList />
    </>
  );
}

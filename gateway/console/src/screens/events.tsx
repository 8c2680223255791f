import { query } from "../api/client.ts";
import type { Event } from "../api/types.ts";
import { useList } from "../api/use_list.ts";
import { Badge, StateBadge } from "../parts/badge.tsx";
import { Id } from "../parts/copy.tsx";
import { Empty } from "../parts/feedback.tsx";
import { FilterField, Filters, FilterTime, isFiltered } from "../parts/filters.tsx";
import { ListView } from "../parts/list_view.tsx";
import { href, route, setParameters } from "../parts/route.ts";
import { Time } from "../parts/time.tsx";
import { t } from "../text/text.ts";
import { PublishEvent } from "./publish_event.tsx";

const names = ["event_type", "start_time", "end_time"];

// How many deliveries of the event are in each state; those that need attention
// come first.
function Outcome({ event }: { event: Event }) {
  if (event.matched_webhooks === 0) return <Badge tone="calm" text={t("state.unmatched")} />;
  const counts = new Map<string, number>();
  for (const { state } of event.deliveries) counts.set(state, (counts.get(state) ?? 0) + 1);
  const order = ["FAILED", "HELD", "PENDING", "IN_FLIGHT", "CANCELLED", "DELIVERED"];
  const found = order.filter((state) => counts.has(state));
  return (
    <span class="states">
      {found.map((state) => (
        <span key={state}>
          <StateBadge state={state} />
          {event.deliveries.length > 1 && <span class="muted"> {counts.get(state)}</span>}
        </span>
      ))}
    </span>
  );
}

export function Events() {
  const { parameters } = route.value;
  const filters = Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? ""]));
  const filtered = isFiltered(names);
  const publishes = parameters.get("publish") === "1";
  const list = useList<Event>(`events${query({ page_size: 50, ...filters })}`, (event) => event.id_event, 10);
  const row = (event: Event) => (
    <tr key={event.id_event}>
      <td class="main-cell">
        <a class="name" href={href(["events", event.id_event])}>
          {event.type} <Id id={event.id_event} short />
        </a>
      </td>
      <td data-label={t("field.published")}>
        <Time at={event.created_at} />
      </td>
      <td data-label={t("events.matched")} class="number">
        {event.matched_webhooks}
      </td>
      <td data-label={t("field.outcome")}>
        <Outcome event={event} />
      </td>
    </tr>
  );
  return (
    <>
      <header class="title">
        <h1>{t("events.title")}</h1>
        {!publishes && (
          <button type="button" class="primary" onClick={() => setParameters({ publish: "1" })}>
            {t("events.publish")}
          </button>
        )}
      </header>
      {publishes && <PublishEvent close={() => setParameters({ publish: undefined })} />}
      <Filters names={names}>
        <FilterField label={t("field.type")} name="event_type" />
        <FilterTime label={t("common.from")} name="start_time" />
        <FilterTime label={t("common.to")} name="end_time" />
      </Filters>
      <ListView
        list={list}
        caption={t("events.title")}
        head={[t("field.event"), t("field.published"), t("events.matched"), t("field.outcome")]}
        row={row}
        searching={t("events.noMatch")}
        empty={
          <Empty title={t(filtered ? "events.noMatch" : "events.none")}>
            {filtered ? (
              <button
                type="button"
                onClick={() => setParameters(Object.fromEntries(names.map((name) => [name, undefined])))}
              >
                {t("common.clearFilters")}
              </button>
            ) : (
              <p>{t("events.noneText")}</p>
            )}
          </Empty>
        }
      />
    </>
  );
}

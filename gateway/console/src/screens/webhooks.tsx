import { query } from "../api/client.ts";
import type { Delivery, Webhook } from "../api/types.ts";
import { useList } from "../api/use_list.ts";
import { useResource } from "../api/use_resource.ts";
import { WebhookBadge } from "../parts/badge.tsx";
import { Empty } from "../parts/feedback.tsx";
import { FilterChoice, FilterField, Filters, isFiltered } from "../parts/filters.tsx";
import { goneRow, ListView } from "../parts/list_view.tsx";
import { Recent } from "../parts/recent.tsx";
import { href, route, setParameters } from "../parts/route.ts";
import { Shown } from "../parts/text_shown.tsx";
import { Time } from "../parts/time.tsx";
import { t } from "../text/text.ts";
import { CreateWebhook } from "./create_webhook.tsx";

// Groups the latest deliveries of the project by webhook.
export function useRecent(seconds: number): Map<string, Delivery[]> {
  const { answer } = useResource<Delivery[]>("deliveries?page_size=200", seconds);
  const groups = new Map<string, Delivery[]>();
  for (const delivery of answer?.data ?? []) {
    const group = groups.get(delivery.id_webhook_endpoint) ?? [];
    group.push(delivery);
    groups.set(delivery.id_webhook_endpoint, group);
  }
  return groups;
}

const names = ["active", "event_type", "url"];

function WebhookFilters() {
  return (
    <Filters names={names}>
      <FilterChoice
        label={t("field.state")}
        name="active"
        options={[
          ["", t("common.any")],
          ["true", t("state.active")],
          ["false", t("state.inactive")],
        ]}
      />
      <FilterField label={t("webhooks.filterType")} name="event_type" />
      <FilterField label={t("webhooks.filterUrl")} name="url" />
    </Filters>
  );
}

export function Webhooks() {
  const { parameters } = route.value;
  const active = parameters.get("active") ?? "";
  const event_type = parameters.get("event_type") ?? "";
  const url = parameters.get("url") ?? "";
  const creates = parameters.get("create") === "1";
  const list = useList<Webhook>(
    `webhooks${query({ active, event_type, url })}`,
    (webhook) => webhook.id_webhook_endpoint,
    30,
  );
  const recent = useRecent(30);
  const filtered = isFiltered(names);
  const row = (webhook: Webhook) => {
    const deliveries = recent.get(webhook.id_webhook_endpoint) ?? [];
    const success = deliveries.find((delivery) => delivery.state === "DELIVERED");
    return (
      <tr key={webhook.id_webhook_endpoint} {...goneRow(list, webhook.id_webhook_endpoint)}>
        <td class="main-cell">
          <a class="name" href={href(["webhooks", webhook.id_webhook_endpoint])}>
            {webhook.url === null ? t("webhooks.noUrl") : <Shown text={webhook.url} />}
          </a>
          {webhook.endpoint_description && <Shown class="muted line" text={webhook.endpoint_description} />}
        </td>
        <td data-label={t("field.state")}>
          <WebhookBadge webhook={webhook} latest={deliveries} />
        </td>
        <td data-label={t("field.scope")} class="scope">
          {webhook.scope === null ? (
            <span class="muted">{t("webhooks.everyType")}</span>
          ) : (
            <span title={webhook.scope.join("\n")}>
              <code>{webhook.scope[0]}</code>
              {webhook.scope.length > 1 && <span class="muted"> +{webhook.scope.length - 1}</span>}
            </span>
          )}
        </td>
        <td data-label={t("field.lastSuccess")}>
          {success?.attempts[0] ? <Time at={success.attempts[0].started_at} /> : <span class="muted">–</span>}
        </td>
        <td data-label={t("field.recent")}>
          <Recent deliveries={deliveries} />
        </td>
      </tr>
    );
  };
  return (
    <>
      <header class="title">
        <h1>{t("webhooks.title")}</h1>
        {!creates && (
          <button type="button" class="primary" onClick={() => setParameters({ create: "1" })}>
            {t("webhooks.create")}
          </button>
        )}
      </header>
      {creates && <CreateWebhook cancel={() => setParameters({ create: undefined })} />}
      <WebhookFilters />
      <ListView
        list={list}
        caption={t("webhooks.title")}
        head={[
          t("field.webhook"),
          t("field.state"),
          t("field.scope"),
          t("field.lastSuccess"),
          t("field.recent"),
        ]}
        row={row}
        searching={t("webhooks.noMatch")}
        empty={
          filtered ? (
            <Empty title={t("webhooks.noMatch")}>
              <button
                type="button"
                onClick={() => setParameters({ active: undefined, event_type: undefined, url: undefined })}
              >
                {t("common.clearFilters")}
              </button>
            </Empty>
          ) : (
            <Empty title={t("webhooks.none")}>
              <p>{t("webhooks.noneText")}</p>
            </Empty>
          )
        }
      />
    </>
  );
}

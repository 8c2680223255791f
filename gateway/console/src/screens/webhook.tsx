import { useState } from "preact/hooks";
import { type Call, call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { type Resource, useResource } from "../api/use_resource.ts";
import { forgetNames } from "../api/webhook_names.ts";
import { ActionButton } from "../parts/action.tsx";
import { WebhookBadge } from "../parts/badge.tsx";
import { Copy, Id } from "../parts/copy.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { Failed, Notice, Skeleton } from "../parts/feedback.tsx";
import { go, href, route } from "../parts/route.ts";
import { Shown } from "../parts/text_shown.tsx";
import { Time, timeText } from "../parts/time.tsx";
import { type Key, t } from "../text/text.ts";
import { DeliveryList } from "./deliveries.tsx";
import { RetryJobs } from "./retry_jobs.tsx";
import { Secrets } from "./secrets.tsx";
import { Settings } from "./settings.tsx";
import { TestSend } from "./test_send.tsx";

const tabs = ["deliveries", "settings", "secrets", "test", "retry"] as const;

function Tabs({ id, current }: { id: string; current: string }) {
  return (
    <nav class="tabs" aria-label={t("webhook.tabs")}>
      {tabs.map((tab) => (
        <a
          key={tab}
          href={href(["webhooks", id], { tab })}
          aria-current={tab === current ? "page" : undefined}
        >
          {t(`webhook.${tab}` as Key)}
        </a>
      ))}
    </nav>
  );
}

function StatusButton({ resource, webhook }: { resource: Resource<Webhook>; webhook: Webhook }) {
  const request: Call = {
    method: "PATCH",
    path: `webhooks/${webhook.id_webhook_endpoint}`,
    body: JSON.stringify({ active: !webhook.active }),
  };
  const action = useAction(async () => resource.set(await call<Webhook>(request)));
  return (
    <>
      <ActionButton
        label={t(webhook.active ? "webhook.deactivate" : "webhook.activate")}
        class={webhook.active ? "" : "primary"}
        action={action}
        command={{
          call: request,
          ctl: words("webhook", "update", webhook.id_webhook_endpoint, `--active=${!webhook.active}`),
        }}
      />
      {action.error && <Failed error={action.error} />}
    </>
  );
}

function DeleteButton({ webhook }: { webhook: Webhook }) {
  const [asks, setAsks] = useState(false);
  const request: Call = { method: "DELETE", path: `webhooks/${webhook.id_webhook_endpoint}` };
  const action = useAction(async () => {
    await call<Webhook>(request);
    forgetNames();
    go(["webhooks"]);
  });
  return (
    <>
      <button type="button" class="danger" onClick={() => setAsks(true)}>
        {t("webhook.delete")}
      </button>
      {asks && (
        <Dialog title={t("webhook.deleteTitle")} close={() => setAsks(false)}>
          <p>
            <Shown text={webhook.url ?? webhook.id_webhook_endpoint} />
          </p>
          <p>{t("webhook.deleteText")}</p>
          {action.error && <Failed error={action.error} />}
          <footer>
            <button type="button" onClick={() => setAsks(false)}>
              {t("common.cancel")}
            </button>
            <ActionButton
              label={t("webhook.deleteSure")}
              class="danger"
              action={action}
              command={{ call: request, ctl: words("webhook", "delete", webhook.id_webhook_endpoint) }}
            />
          </footer>
        </Dialog>
      )}
    </>
  );
}

const causes: Record<string, Key> = {
  GONE: "webhook.gone",
  FAILING: "webhook.failing",
  DAMAGED: "webhook.damaged",
};

// Why deliveries are not sent, if they are not.
function Trouble({ webhook }: { webhook: Webhook }) {
  if (webhook.active && webhook.url !== null) return null;
  const { deactivation } = webhook;
  const held = href(["webhooks", webhook.id_webhook_endpoint], { state: "HELD" });
  return (
    <Notice kind={deactivation ? "bad" : "warn"}>
      {deactivation ? (
        <p>
          {t("webhook.deactivatedAt", { time: timeText(deactivation.time) })}{" "}
          {t(causes[deactivation.reason] ?? "webhook.inactive")} <code>{deactivation.reason}</code>
        </p>
      ) : (
        <p>{t(webhook.active ? "webhook.withoutUrl" : "webhook.inactive")}</p>
      )}
      <p>
        <a href={held}>{t("webhook.showHeld")}</a>
      </p>
    </Notice>
  );
}

function Part({ tab, webhook, resource }: { tab: string; webhook: Webhook; resource: Resource<Webhook> }) {
  if (tab === "settings") return <Settings resource={resource} />;
  if (tab === "secrets") return <Secrets id={webhook.id_webhook_endpoint} />;
  if (tab === "test") return <TestSend webhook={webhook} />;
  if (tab === "retry") return <RetryJobs webhook={webhook} />;
  return <DeliveryList webhook={webhook.id_webhook_endpoint} />;
}

export function WebhookScreen({ id }: { id: string }) {
  const resource = useResource<Webhook>(`webhooks/${encodeURIComponent(id)}`, 10);
  const webhook = resource.answer?.data;
  const tab = route.value.parameters.get("tab") ?? "deliveries";
  if (!webhook)
    return resource.error ? <Failed error={resource.error} retry={resource.reload} /> : <Skeleton />;
  return (
    <article>
      <header class="title">
        <div>
          <h1>{webhook.url === null ? t("webhooks.noUrl") : <Shown text={webhook.url} />}</h1>
          <p class="facts">
            <WebhookBadge webhook={webhook} />
            {webhook.endpoint_description && <Shown text={webhook.endpoint_description} />}
            <span>
              <Id id={webhook.id_webhook_endpoint} /> <Copy text={webhook.id_webhook_endpoint} />
            </span>
            <span class="muted">
              {t("field.created")} <Time at={webhook.created_at} />
            </span>
          </p>
        </div>
        <div class="actions">
          <StatusButton resource={resource} webhook={webhook} />
          <DeleteButton webhook={webhook} />
        </div>
      </header>
      {resource.error && <Failed error={resource.error} retry={resource.reload} stale />}
      {route.value.parameters.get("created") && <Notice kind="good">{t("webhooks.created")}</Notice>}
      <Trouble webhook={webhook} />
      <Tabs id={id} current={tab} />
      <Part tab={tab} webhook={webhook} resource={resource} />
    </article>
  );
}

// What needs attention first.

import { gateway } from "../api/client.ts";
import type { Delivery, Webhook } from "../api/types.ts";
import { useList } from "../api/use_list.ts";
import { useResource } from "../api/use_resource.ts";
import { Code } from "../parts/action.tsx";
import { isRetrying, WebhookBadge } from "../parts/badge.tsx";
import { Empty, Failed, Skeleton } from "../parts/feedback.tsx";
import { href } from "../parts/route.ts";
import { Shown } from "../parts/text_shown.tsx";
import { relative, timeText } from "../parts/time.tsx";
import { plural, t } from "../text/text.ts";
import { Chart } from "./chart.tsx";
import { CreateWebhook } from "./create_webhook.tsx";

interface Trouble {
  webhook: Webhook;
  failed: Delivery[];
}

function failsAt(delivery: Delivery, webhook: Webhook): boolean {
  const here = delivery.id_webhook_endpoint === webhook.id_webhook_endpoint;
  return here && (delivery.state === "FAILED" || isRetrying(delivery));
}

// Deactivated webhooks come first, then those with most failures.
function troubles(webhooks: Webhook[], deliveries: Delivery[]): Trouble[] {
  const weight = ({ webhook, failed }: Trouble) => (webhook.deactivation ? 1e6 : 0) + failed.length;
  return webhooks
    .map((webhook) => ({
      webhook,
      failed: deliveries.filter((delivery) => failsAt(delivery, webhook)),
    }))
    .filter(({ webhook, failed }) => !webhook.active || failed.length > 0)
    .sort((a, b) => weight(b) - weight(a));
}

function cause({ webhook, failed }: Trouble): string {
  const { deactivation } = webhook;
  if (deactivation)
    return t("home.deactivated", { time: timeText(deactivation.time), reason: deactivation.reason });
  const last = failed[0];
  if (!last) return t("home.held");
  return plural("home.failing", failed.length, {
    time: relative(last.attempts[0]?.started_at ?? last.created_at),
  });
}

function Attention({ found }: { found: Trouble[] }) {
  return (
    <section>
      <h2>{t("home.attention")}</h2>
      {found.length === 0 ? (
        <p class="calm-line">{t("home.attentionNone")}</p>
      ) : (
        <ul class="troubles">
          {found.slice(0, 20).map((trouble) => {
            const { webhook, failed } = trouble;
            const id = webhook.id_webhook_endpoint;
            return (
              <li key={id}>
                <WebhookBadge webhook={webhook} latest={failed} />
                <a
                  class="name"
                  href={href(
                    ["webhooks", id],
                    failed.some((delivery) => delivery.state === "FAILED") ? { state: "FAILED" } : {},
                  )}
                >
                  {webhook.url === null ? t("webhooks.noUrl") : <Shown text={webhook.url} />}
                </a>
                <span class="muted">{cause(trouble)}</span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function Start() {
  return (
    <section class="start">
      <h2>{t("home.start")}</h2>
      <p>{t("home.startText")}</p>
      <CreateWebhook />
      <p>{t("home.startListen")}</p>
      <Code title="webhookctl" text="webhookctl listen" />
      <Code
        title="curl"
        text={`curl -sS --fail-with-body ${gateway}webhooks \\\n  -H "x-api-key: $WEBHOOKS_KEY" -H 'content-type: application/json' \\\n  -d '{"url": "https://acme.com/hooks", "scope": null}'`}
      />
    </section>
  );
}

export function Home() {
  const webhooks = useList<Webhook>("webhooks?page_size=1000", (webhook) => webhook.id_webhook_endpoint, 30);
  const deliveries = useResource<Delivery[]>("deliveries?page_size=200", 30);
  const { rows, error } = webhooks;
  const latest = deliveries.answer?.data;
  if (!rows) return error ? <Failed error={error} retry={webhooks.reload} /> : <Skeleton />;
  if (rows.length === 0) {
    return (
      <>
        <h1 class="away">{t("home.title")}</h1>
        <Start />
      </>
    );
  }
  return (
    <>
      <h1 class="away">{t("home.title")}</h1>
      {error && <Failed error={error} retry={webhooks.reload} stale />}
      {deliveries.error && <Failed error={deliveries.error} retry={deliveries.reload} stale={!!latest} />}
      {latest && <Attention found={troubles(rows, latest)} />}
      {latest && latest.length > 0 && <Chart deliveries={latest} />}
      {latest?.length === 0 && (
        <Empty title={t("home.quiet")}>
          <a class="button primary" href={href(["events"], { publish: "1" })}>
            {t("home.quietAction")}
          </a>
        </Empty>
      )}
    </>
  );
}

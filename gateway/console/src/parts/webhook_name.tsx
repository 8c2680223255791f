import { useWebhookNames } from "../api/webhook_names.ts";
import { t } from "../text/text.ts";
import { Id } from "./copy.tsx";
import { href } from "./route.ts";
import { Shown } from "./text_shown.tsx";

// The URL of a webhook, which leads to its screen and not to the receiver.
export function WebhookName({ id }: { id: string }) {
  const webhook = useWebhookNames().get(id);
  return (
    <a class="name" href={href(["webhooks", id])}>
      {webhook?.url ? (
        <Shown text={webhook.url.replace(/^https?:\/\//, "")} />
      ) : webhook ? (
        t("webhooks.noUrl")
      ) : (
        <Id id={id} short />
      )}
    </a>
  );
}

// A choice of a webhook for a filter.
export function useWebhookOptions(): [string, string][] {
  const names = useWebhookNames();
  return [...names.values()].map((webhook) => [
    webhook.id_webhook_endpoint,
    `${webhook.url ?? t("webhooks.noUrl")} …${webhook.id_webhook_endpoint.slice(-8)}`,
  ]);
}

import { useState } from "preact/hooks";
import { type Call, call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import { key } from "../api/key.ts";
import type { Webhook, WebhookSecret } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { useResource } from "../api/use_resource.ts";
import { ActionButton } from "../parts/action.tsx";
import { Copy } from "../parts/copy.tsx";
import { Failed, Notice, Skeleton } from "../parts/feedback.tsx";
import { TextField } from "../parts/field.tsx";
import { Time, timeText } from "../parts/time.tsx";
import { t } from "../text/text.ts";

function Secret({ secret }: { secret: WebhookSecret }) {
  const [revealed, setRevealed] = useState(false);
  const shown = revealed && key.value !== null;
  return (
    <li>
      <code class="secret">{shown ? secret.secret : "whsec_••••••••••••"}</code>
      <button type="button" class="small" aria-pressed={shown} onClick={() => setRevealed(!revealed)}>
        {t(shown ? "secrets.hide" : "secrets.reveal")}
      </button>
      <Copy text={secret.secret} />
      <span class="muted line">
        {t("field.created")} <Time at={secret.created_at} />,{" "}
        {secret.expires_at ? t("secrets.ends", { time: timeText(secret.expires_at) }) : t("secrets.newest")}
      </span>
    </li>
  );
}

export function Secrets({ id }: { id: string }) {
  const { answer, error, reload } = useResource<WebhookSecret[]>(`webhooks/${id}/secrets`);
  const [hours, setHours] = useState("24");
  const [rotated, setRotated] = useState(false);
  const request: Call = {
    method: "POST",
    path: `webhooks/${id}:rotateSecret`,
    body: JSON.stringify({ overlap: `${Math.round(Number(hours) * 3600)}s` }),
  };
  const action = useAction(async () => {
    setRotated(false);
    await call<Webhook>(request);
    setRotated(true);
    await reload();
  });
  return (
    <section class="panel">
      <p>{t("secrets.text")}</p>
      {error && <Failed error={error} retry={reload} stale={!!answer} />}
      {answer ? (
        <ul class="secrets">
          {answer.data.map((secret) => (
            <Secret key={secret.created_at} secret={secret} />
          ))}
        </ul>
      ) : (
        !error && <Skeleton rows={2} />
      )}
      <h2>{t("secrets.rotate")}</h2>
      <p>{t("secrets.rotateText")}</p>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <TextField
          label={t("secrets.overlap")}
          help={t("secrets.overlapHelp")}
          type="number"
          value={hours}
          change={setHours}
          required
        />
        <ActionButton
          label={t("secrets.rotate")}
          class="primary"
          action={action}
          submit
          command={{ call: request, ctl: words("webhook", "rotate-secret", id, `--overlap=${hours}h`) }}
        />
      </form>
      {rotated && <Notice kind="good">{t("secrets.rotated")}</Notice>}
      {action.error && <Failed error={action.error} />}
    </section>
  );
}

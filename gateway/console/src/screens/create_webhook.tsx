import { useMemo, useState } from "preact/hooks";
import { type Call, call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { forgetNames } from "../api/webhook_names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Failed } from "../parts/feedback.tsx";
import { go } from "../parts/route.ts";
import { t } from "../text/text.ts";
import { WebhookFields } from "./webhook_fields.tsx";
import { ctlFlags, type Draft, emptyDraft, type Fields, FormError, fieldsOf } from "./webhook_form.ts";

// Returns the fields, or what is wrong with the form.
export function checked(draft: Draft): Fields | FormError {
  try {
    return fieldsOf(draft);
  } catch (error) {
    if (error instanceof FormError) return error;
    throw error;
  }
}

function bodyOf(fields: Fields): string {
  const { delivery, description, ...rest } = fields;
  return JSON.stringify({
    ...rest,
    ...(description ? { description } : {}),
    ...(delivery ? { delivery } : {}),
  });
}

export function CreateWebhook({ cancel }: { cancel?: () => void }) {
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [shown, setShown] = useState<FormError>();
  // A repeat of the call after a failure makes no second webhook.
  const idempotencyKey = useMemo(() => crypto.getRandomValues(new Uint32Array(4)).join("-"), [draft]);
  const fields = checked(draft);
  const valid = fields instanceof FormError ? undefined : fields;
  const request: Call = {
    method: "POST",
    path: "webhooks",
    body: valid ? bodyOf(valid) : "{}",
    idempotencyKey,
  };
  const action = useAction(async () => {
    const { data } = await call<Webhook>(request);
    forgetNames();
    go(["webhooks", data.id_webhook_endpoint], { tab: "test", created: "1" });
  });
  const flags = valid ? ctlFlags({ ...valid, delivery: valid.delivery ?? (undefined as never) }) : [];
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        setShown(fields instanceof FormError ? fields : undefined);
        if (valid) void action.run();
      }}
    >
      <WebhookFields
        draft={draft}
        change={(changes) => setDraft({ ...draft, ...changes })}
        problem={shown}
        error={action.error}
      />
      {action.error && <Failed error={action.error} />}
      <footer>
        {cancel && (
          <button type="button" onClick={cancel}>
            {t("common.cancel")}
          </button>
        )}
        <ActionButton
          label={t("webhooks.create")}
          class="primary"
          action={action}
          submit
          command={{
            call: request,
            ctl: words("webhook", "create", ...flags.filter((flag) => !flag.startsWith("--clear"))),
          }}
        />
      </footer>
    </form>
  );
}

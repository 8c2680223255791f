// Changes of a webhook. They apply only to the state that the form began with;
// if somebody else changed that, both versions are shown, and nothing is lost.
import { useState } from "preact/hooks";
import { type Answer, type Call, call, get } from "../api/client.ts";
import { words } from "../api/commands.ts";
import { ApiError } from "../api/error.ts";
import type { Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import type { Resource } from "../api/use_resource.ts";
import { forgetNames } from "../api/webhook_names.ts";
import { ActionButton } from "../parts/action.tsx";
import { Failed, Notice } from "../parts/feedback.tsx";
import { t } from "../text/text.ts";
import { Conflict } from "./conflict.tsx";
import { WebhookFields } from "./webhook_fields.tsx";
import { changes, ctlFlags, type Draft, draftOf, type Fields, FormError } from "./webhook_form.ts";

interface Form {
  base: Answer<Webhook>;
  draft: Draft;
  // The state that another change left.
  theirs?: Answer<Webhook>;
  saved?: boolean;
}

function patchOf(id: string, etag: string, fields: Partial<Fields>): Call {
  return { method: "PATCH", path: `webhooks/${id}`, body: JSON.stringify(fields), ifMatch: etag };
}

function difference(draft: Draft, base: Webhook): Partial<Fields> | FormError {
  try {
    return changes(draft, draftOf(base));
  } catch (error) {
    if (error instanceof FormError) return error;
    throw error;
  }
}

export function Settings({ resource }: { resource: Resource<Webhook> }) {
  const first = resource.answer as Answer<Webhook>;
  const [form, setForm] = useState<Form>({ base: first, draft: draftOf(first.data) });
  const [problem, setProblem] = useState<FormError>();
  const id = form.base.data.id_webhook_endpoint;
  const changed = difference(form.draft, form.base.data);
  const fields = changed instanceof FormError ? {} : changed;
  const request = patchOf(id, form.base.etag, fields);

  const send = async (patch: Call) => {
    try {
      const answer = await call<Webhook>(patch);
      resource.set(answer);
      forgetNames();
      setForm({ base: answer, draft: draftOf(answer.data), saved: true });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 412) throw error;
      const theirs = await get<Webhook>(`webhooks/${id}`);
      resource.set(theirs);
      setForm({ ...form, theirs });
    }
  };
  const action = useAction(() => send(request));

  if (form.theirs) {
    const theirs = form.theirs;
    return (
      <Conflict
        mine={form.draft}
        base={form.base.data}
        theirs={theirs}
        save={(chosen) => send(patchOf(id, theirs.etag, chosen))}
        cancel={() => setForm({ base: theirs, draft: draftOf(theirs.data) })}
      />
    );
  }
  const none = Object.keys(fields).length === 0;
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        setProblem(changed instanceof FormError ? changed : undefined);
        if (!(changed instanceof FormError) && !none) void action.run();
      }}
    >
      <WebhookFields
        draft={form.draft}
        change={(more) => setForm({ base: form.base, draft: { ...form.draft, ...more } })}
        problem={problem}
        error={action.error}
      />
      {action.error && <Failed error={action.error} />}
      {form.saved && <Notice kind="good">{t("common.saved")}</Notice>}
      <footer>
        {none && !(changed instanceof FormError) && <span class="muted">{t("settings.unchanged")}</span>}
        <ActionButton
          label={t("common.save")}
          class="primary"
          action={action}
          submit
          disabled={none && !(changed instanceof FormError)}
          command={{ call: request, ctl: words("webhook", "update", id, ...ctlFlags(fields)) }}
        />
      </footer>
    </form>
  );
}

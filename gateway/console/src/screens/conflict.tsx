// Two versions of a webhook, after both were changed: the reader chooses for each
// field that differs.
import { useState } from "preact/hooks";
import type { Answer } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { ActionButton } from "../parts/action.tsx";
import { Failed } from "../parts/feedback.tsx";
import { Shown } from "../parts/text_shown.tsx";
import { type Key, t } from "../text/text.ts";
import {
  changes,
  ctlFlags,
  type Draft,
  draftOf,
  type FieldName,
  type Fields,
  fieldNames,
  fieldsOf,
} from "./webhook_form.ts";

const labels: Record<FieldName, Key> = {
  url: "field.url",
  description: "field.description",
  scope: "field.scope",
  delivery: "settings.delivery",
};

interface Properties {
  mine: Draft;
  base: Webhook;
  theirs: Answer<Webhook>;
  save: (fields: Partial<Fields>) => Promise<void>;
  cancel: () => void;
}

function valueText(name: FieldName, value: unknown): string {
  if (value === null) return t(name === "scope" ? "webhooks.everyType" : "common.none");
  if (Array.isArray(value)) return value.join("\n");
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

export function Conflict({ mine, base, theirs, save, cancel }: Properties) {
  const my = fieldsOf(mine);
  const their = fieldsOf(draftOf(theirs.data));
  const touched = changes(mine, draftOf(base));
  const different = fieldNames.filter((name) => JSON.stringify(my[name]) !== JSON.stringify(their[name]));
  const [kept, setKept] = useState<Set<FieldName>>(new Set(different.filter((name) => name in touched)));
  const chosen = Object.fromEntries([...kept].map((name) => [name, my[name]])) as Partial<Fields>;
  const action = useAction(() => (kept.size ? save(chosen) : Promise.resolve(cancel())));
  const keep = (name: FieldName, keeps: boolean) => {
    const next = new Set(kept);
    if (keeps) next.add(name);
    else next.delete(name);
    setKept(next);
  };
  const id = theirs.data.id_webhook_endpoint;
  return (
    <form
      class="panel conflict"
      onSubmit={(event) => {
        event.preventDefault();
        void action.run();
      }}
    >
      <h2>{t("settings.conflict")}</h2>
      <p>{t("settings.conflictText")}</p>
      {different.map((name) => (
        <fieldset key={name}>
          <legend>{t(labels[name])}</legend>
          <div class="pair">
            {[true, false].map((own) => (
              <label key={String(own)} class="version">
                <span>
                  <input
                    type="radio"
                    name={name}
                    checked={kept.has(name) === own}
                    onChange={() => keep(name, own)}
                  />{" "}
                  {t(own ? "settings.keepYours" : "settings.takeTheirs")}
                </span>
                <Shown class="value" text={valueText(name, own ? my[name] : their[name])} />
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      {action.error && <Failed error={action.error} />}
      <footer>
        <button type="button" onClick={cancel}>
          {t("settings.takeTheirs")}
        </button>
        <ActionButton
          label={t("settings.saveChoice")}
          class="primary"
          action={action}
          submit
          command={{
            call: {
              method: "PATCH",
              path: `webhooks/${id}`,
              body: JSON.stringify(chosen),
              ifMatch: theirs.etag,
            },
            ctl: words("webhook", "update", id, ...ctlFlags(chosen)),
          }}
        />
      </footer>
    </form>
  );
}

// The form of a webhook's fields, for a new webhook and for changes.
import type { ApiError } from "../api/error.ts";
import { Check, TextField } from "../parts/field.tsx";
import { type Key, t } from "../text/text.ts";
import type { Draft, FormError } from "./webhook_form.ts";

interface Properties {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  problem?: FormError | undefined;
  // What the server refuses.
  error?: ApiError | undefined;
}

// Returns what the server says of a field or a part of it.
function refusal(error: ApiError | undefined, name: string): string | undefined {
  const concerns = (field: string) => field === name || field.startsWith(`${name}[`);
  return error?.fields.find(({ field }) => concerns(field))?.description;
}

const labels: Partial<Record<keyof Draft, Key>> = {
  headers: "settings.headers",
  maxInFlight: "settings.maxInFlight",
  maxPerSecond: "settings.maxPerSecond",
  timeout: "settings.timeout",
  schedule: "settings.schedule",
};

function Scope({ draft, change, error }: Properties) {
  return (
    <fieldset>
      <legend>{t("field.scope")}</legend>
      {[true, false].map((every) => (
        <label key={String(every)} class="choice">
          <input
            type="radio"
            name="scope"
            checked={draft.everyType === every}
            onChange={() => change({ everyType: every })}
          />
          {t(every ? "field.scopeAll" : "field.scopeSome")}
        </label>
      ))}
      {!draft.everyType && (
        <TextField
          label={t("field.scope")}
          help={t("field.scopeHelp")}
          error={refusal(error, "scope")}
          rows={3}
          value={draft.scope}
          change={(scope) => change({ scope })}
          code
        />
      )}
    </fieldset>
  );
}

export function WebhookFields({ draft, change, problem, error: refused }: Properties) {
  const text = (
    field: "headers" | "maxInFlight" | "maxPerSecond" | "timeout" | "schedule",
    rows?: number,
  ) => {
    const label = t(labels[field] as Key);
    const wrong = problem?.field === field;
    const error = problem?.line
      ? t("settings.badHeaders", { line: problem.line })
      : t("settings.badNumber", { field: label });
    return (
      <TextField
        label={label}
        help={t(`settings.${field}Help` as Key)}
        error={wrong ? error : undefined}
        value={draft[field]}
        change={(value) => change({ [field]: value })}
        {...(rows ? { rows, code: true } : {})}
      />
    );
  };
  return (
    <>
      <TextField
        label={t("field.url")}
        error={refusal(refused, "url")}
        value={draft.url}
        change={(url) => change({ url })}
        placeholder="https://acme.com/hooks"
        code
      />
      <TextField
        label={t("field.description")}
        error={refusal(refused, "description")}
        value={draft.description}
        change={(description) => change({ description })}
      />
      <Scope draft={draft} change={change} error={refused} />
      <details>
        <summary>{t("settings.delivery")}</summary>
        <p class="hint">{t("settings.deliveryText")}</p>
        <div class="pair">
          {text("maxInFlight")}
          {text("maxPerSecond")}
          {text("timeout")}
          {text("schedule")}
        </div>
        <Check
          label={t("settings.ordered")}
          value={draft.ordered}
          change={(ordered) => change({ ordered })}
        />
        {text("headers", 3)}
      </details>
    </>
  );
}

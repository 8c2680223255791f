import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../text/text.ts";
import { zone } from "./time.tsx";

interface Properties {
  label: string;
  help?: string | undefined;
  error?: string | undefined;
  children: (attributes: {
    id: string;
    "aria-describedby"?: string;
    "aria-invalid"?: boolean;
  }) => ComponentChildren;
}

// A labelled control with its help and its error.
export function Field({ label, help, error, children }: Properties) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(error ? { "aria-invalid": true } : {}),
      })}
      {help && (
        <p class="hint" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

interface TextProperties {
  label: string;
  value: string;
  change: (value: string) => void;
  help?: string | undefined;
  error?: string | undefined;
  type?: "text" | "password" | "number";
  rows?: number;
  placeholder?: string;
  required?: boolean;
  code?: boolean;
}

export function TextField({
  label,
  value,
  change,
  help,
  error,
  type = "text",
  rows,
  placeholder,
  required,
  code,
}: TextProperties) {
  const common = {
    value,
    placeholder,
    required,
    class: code ? "code-input" : "",
    spellcheck: false,
    autocomplete: "off",
    onInput: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
  };
  return (
    <Field label={label} help={help} error={error}>
      {(attributes) =>
        rows ? (
          <textarea rows={rows} {...attributes} {...common} />
        ) : (
          <input {...attributes} {...common} {...({ type } as object)} />
        )
      }
    </Field>
  );
}

export function SelectField({
  label,
  value,
  change,
  options,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
  options: [string, string][];
}) {
  return (
    <Field label={label}>
      {(attributes) => (
        <select {...attributes} value={value} onChange={(event) => change(event.currentTarget.value)}>
          {options.map(([key, text]) => (
            <option key={key} value={key} selected={key === value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Check({
  label,
  value,
  change,
}: {
  label: string;
  value: boolean;
  change: (value: boolean) => void;
}) {
  const id = useId();
  return (
    <div class="check">
      <input
        type="checkbox"
        id={id}
        checked={value}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
    </div>
  );
}

// A time in the zone that the reader chose: the API's time, or "".
export function TimeField({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) {
  const utc = zone.value === "utc";
  return (
    <Field label={utc ? `${label} (UTC)` : label}>
      {(attributes) => (
        <input
          type="datetime-local"
          step="1"
          {...attributes}
          value={toInput(value, utc)}
          title={value || t("common.any")}
          onChange={(event) => {
            const text = event.currentTarget.value;
            change(text ? new Date(utc ? `${text}Z` : text).toISOString() : "");
          }}
        />
      )}
    </Field>
  );
}

// Returns the value of the input for a time of the API.
function toInput(text: string, utc: boolean): string {
  const time = new Date(text);
  if (!text || Number.isNaN(time.getTime())) return "";
  const shift = utc ? 0 : time.getTimezoneOffset() * 60_000;
  return new Date(time.getTime() - shift).toISOString().slice(0, 19);
}

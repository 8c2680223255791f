// Controls whose values are parameters of the address.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../text/text.ts";
import { Field, SelectField, TimeField } from "./field.tsx";
import { route, setParameters } from "./route.ts";

// The filters of a list. On a narrow screen, they are folded unless one is set.
export function Filters({ names, children }: { names: string[]; children: ComponentChildren }) {
  const [open] = useState(() => matchMedia("(min-width: 761px)").matches || isFiltered(names));
  return (
    <details class="filters" open={open}>
      <summary>{t("common.filters")}</summary>
      <div>{children}</div>
    </details>
  );
}

export const isFiltered = (names: string[]) => names.some((name) => parameter(name));

interface Properties {
  label: string;
  name: string;
}

const parameter = (name: string) => route.value.parameters.get(name) ?? "";

// A text, which applies when the reader leaves it or presses Enter.
export function FilterField({ label, name }: Properties) {
  return (
    <Field label={label}>
      {(attributes) => (
        <input
          type="text"
          class="code-input"
          spellcheck={false}
          autocomplete="off"
          {...attributes}
          value={parameter(name)}
          onChange={(event) => setParameters({ [name]: event.currentTarget.value.trim() })}
        />
      )}
    </Field>
  );
}

export function FilterChoice({ label, name, options }: Properties & { options: [string, string][] }) {
  const value = parameter(name);
  const known = options.some(([key]) => key === value);
  return (
    <SelectField
      label={label}
      value={value}
      change={(chosen) => setParameters({ [name]: chosen })}
      options={known ? options : [...options, [value, value]]}
    />
  );
}

export function FilterTime({ label, name }: Properties) {
  return (
    <TimeField label={label} value={parameter(name)} change={(time) => setParameters({ [name]: time })} />
  );
}

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../text/text.ts";

// Without a secure context, browsers have no clipboard for scripts.
async function copy(text: string) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "away";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

interface Properties {
  text: string | (() => string);
  label?: string;
  done?: string;
  class?: string;
  children?: ComponentChildren;
}

export function Copy({ text, label, done, class: name, children }: Properties) {
  const [copied, setCopied] = useState(false);
  const run = async () => {
    await copy(typeof text === "string" ? text : text());
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const said = copied ? (done ?? t("common.copied")) : (label ?? t("common.copy"));
  return (
    <button type="button" class={name ?? "small"} onClick={run} aria-live="polite">
      {children} {said}
    </button>
  );
}

// An id, in full or by its end, which differs between ids of one time.
export function Id({ id, short = false }: { id: string; short?: boolean }) {
  return (
    <code class="id" title={id}>
      {short ? `…${id.slice(-8)}` : id}
    </code>
  );
}

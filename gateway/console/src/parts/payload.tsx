// A payload or an answer: indented if it is JSON, or exactly as it is.
import { useMemo, useState } from "preact/hooks";
import { t } from "../text/text.ts";
import { Copy } from "./copy.tsx";
import { isJson, printJson } from "./json_print.ts";
import { Shown } from "./text_shown.tsx";
import { pieces } from "./visible.ts";

// Beyond this size, tokens have no colours: each is an element.
const mostColoured = 30_000;

function Printed({ text }: { text: string }) {
  const tokens = useMemo(() => printJson(text), [text]);
  if (text.length > mostColoured) return <Shown text={tokens.map((token) => token.text).join("")} />;
  return (
    <>
      {tokens.map((token) =>
        token.kind === "mark" ? token.text : <Shown class={`token-${token.kind}`} text={token.text} />,
      )}
    </>
  );
}

export function Payload({ text, label }: { text: string; label: string }) {
  const [exact, setExact] = useState(false);
  const json = useMemo(() => isJson(text), [text]);
  const hides = useMemo(() => pieces(text).some((piece) => piece.hidden), [text]);
  const size = new TextEncoder().encode(text).length;
  return (
    <section class="code payload">
      <header>
        <span class="caption">{label}</span>
        <span class="muted">{t("common.bytes", { count: size.toLocaleString() })}</span>
        {json && (
          <button type="button" class="small" aria-pressed={exact} onClick={() => setExact(!exact)}>
            {t("common.raw")}
          </button>
        )}
        <Copy text={text} />
      </header>
      <pre tabIndex={0} role="group" aria-label={label}>
        {json && !exact ? <Printed text={text} /> : <Shown text={text} />}
      </pre>
      {hides && <p class="hint">{t("common.hiddenCharacters")}</p>}
    </section>
  );
}

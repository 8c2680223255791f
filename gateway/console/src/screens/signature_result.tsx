import { Notice } from "../parts/feedback.tsx";
import { Shown } from "../parts/text_shown.tsx";
import { t } from "../text/text.ts";
import type { Finding } from "./signature_findings.ts";

function Bytes({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <code>{text ? <Shown text={text} lineEnds /> : t("signature.differsEnd")}</code>
      </dd>
    </div>
  );
}

export function Findings({ findings }: { findings: Finding[] }) {
  return (
    <section class="findings" aria-live="polite">
      {findings.map(({ kind, text, gaps, difference }) => (
        <Notice key={text + JSON.stringify(gaps)} kind={kind}>
          <p>{t(text, { ...gaps, sent: "", pasted: "" })}</p>
          {difference && (
            <dl class="difference">
              <Bytes label={t("signature.sent")} text={difference.sent} />
              <Bytes label={t("signature.pasted")} text={difference.pasted} />
            </dl>
          )}
        </Notice>
      ))}
    </section>
  );
}

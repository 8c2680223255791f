// One attempt: its outcome, its phases and its answer.
import type { Attempt } from "../api/types.ts";
import { Badge, outcome } from "../parts/badge.tsx";
import { Payload } from "../parts/payload.tsx";
import { Shown } from "../parts/text_shown.tsx";
import { durationText, milliseconds, Time } from "../parts/time.tsx";
import { language, t } from "../text/text.ts";

interface Phase {
  name: string;
  text: string;
  duration: number;
}

// Returns the phases that the attempt reached, in their order.
function phasesOf(attempt: Attempt): Phase[] {
  const { dns, connect, tls, first_byte, total } = attempt;
  const known: Phase[] = [];
  const add = (name: string, text: string, duration: number) =>
    known.push({ name, text, duration: Math.max(duration, 0) });
  if (dns) add("dns", t("delivery.dns"), milliseconds(dns));
  if (connect) add("connect", t("delivery.connect"), milliseconds(connect));
  if (tls) add("tls", t("delivery.tls"), milliseconds(tls));
  const before = known.reduce((sum, phase) => sum + phase.duration, 0);
  if (first_byte) add("wait", t("delivery.wait"), milliseconds(first_byte) - before);
  const spent = known.reduce((sum, phase) => sum + phase.duration, 0);
  add("rest", t("delivery.rest"), milliseconds(total) - spent);
  return known;
}

function Phases({ attempt }: { attempt: Attempt }) {
  const phases = phasesOf(attempt);
  const total = Math.max(milliseconds(attempt.total), 0.001);
  const number = (value: number) =>
    value.toLocaleString(language.value, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  let begin = 0;
  return (
    <table class="phases">
      <caption>{t("delivery.phases")}</caption>
      <tbody>
        {phases.map(({ name, text, duration }) => {
          const from = (begin / total) * 100;
          begin += duration;
          return (
            <tr key={name}>
              <th scope="row">{text}</th>
              <td class="number">{number(duration)}</td>
              <td class="bar">
                <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                  <rect
                    class={name}
                    x={from}
                    width={Math.max((duration / total) * 100, 0.6)}
                    height="8"
                    rx="1"
                  />
                </svg>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function AttemptFacts({ attempt }: { attempt: Attempt }) {
  return (
    <div class="attempt">
      {attempt.error_detail && attempt.error !== "HTTP_STATUS" && (
        <Shown class="detail" text={attempt.error_detail} />
      )}
      <dl class="facts">
        <div>
          <dt>{t("field.status")}</dt>
          <dd>{attempt.status ?? "–"}</dd>
        </div>
        <div>
          <dt>{t("delivery.address")}</dt>
          <dd>
            <code>{attempt.address || "–"}</code>
          </dd>
        </div>
        <div>
          <dt>{t("delivery.duration")}</dt>
          <dd>{durationText(attempt.total)}</dd>
        </div>
        {attempt.note && (
          <div>
            <dt>{t("delivery.note")}</dt>
            <dd>
              <Shown text={attempt.note} />
            </dd>
          </div>
        )}
      </dl>
      <Phases attempt={attempt} />
      {attempt.response_body ? (
        <Payload text={attempt.response_body} label={t("delivery.answer")} />
      ) : (
        <p class="muted">{t(attempt.status === null ? "delivery.noAnswer" : "delivery.emptyAnswer")}</p>
      )}
    </div>
  );
}

export function AttemptEntry({ attempt, open }: { attempt: Attempt; open: boolean }) {
  return (
    <li class={attempt.error === null ? "good" : "bad"}>
      <details open={open}>
        <summary>
          <strong>{t("delivery.attempt", { number: attempt.number })}</strong>
          <Badge tone={attempt.error === null ? "good" : "bad"} text={outcome(attempt)} />
          <Time at={attempt.started_at} />
          <span class="muted">{durationText(attempt.total)}</span>
        </summary>
        <AttemptFacts attempt={attempt} />
      </details>
    </li>
  );
}

// Deliveries over time by their state: bars, and the same as a table.
import type { Delivery } from "../api/types.ts";
import { StateBadge } from "../parts/badge.tsx";
import { timeText } from "../parts/time.tsx";
import { type Key, language, t } from "../text/text.ts";

const steps: [Key, number][] = [
  ["home.minute", 60_000],
  ["home.hour", 3_600_000],
  ["home.day", 86_400_000],
];
const mostBars = 48;
const order = ["DELIVERED", "PENDING", "IN_FLIGHT", "HELD", "CANCELLED", "FAILED"];

interface Bar {
  begin: number;
  counts: Map<string, number>;
  total: number;
}

const timeOf = (delivery: Delivery) => new Date(delivery.created_at).getTime();

// Chooses the smallest step with which all deliveries fit. Times without any
// have a bar of nothing.
function barsOf(deliveries: Delivery[]): { bars: Bar[]; step: Key } {
  const oldest = Math.min(...deliveries.map(timeOf));
  const newest = Math.max(...deliveries.map(timeOf), Date.now());
  const fits = ([, size]: [Key, number]) => (newest - oldest) / size < mostBars - 1;
  const [step, size] = steps.find(fits) ?? ["home.day" as Key, 86_400_000];
  const last = Math.floor(newest / size);
  const first = Math.max(Math.floor(oldest / size), last - mostBars + 1);
  const bars = Array.from({ length: Math.max(last - first + 1, 24) }, (_, i) => ({
    begin: (Math.min(first, last - 23) + i) * size,
    counts: new Map<string, number>(),
    total: 0,
  }));
  for (const delivery of deliveries) {
    const bar = bars[Math.floor(timeOf(delivery) / size) - Math.min(first, last - 23)];
    if (!bar) continue;
    bar.counts.set(delivery.state, (bar.counts.get(delivery.state) ?? 0) + 1);
    bar.total++;
  }
  return { bars, step };
}

function Bars({ bars, states, label }: { bars: Bar[]; states: string[]; label: string }) {
  const highest = Math.max(...bars.map((bar) => bar.total), 1);
  const width = 100 / bars.length;
  return (
    <div class="chart">
      <span class="axis">{highest.toLocaleString(language.value)}</span>
      <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={label}>
        {bars.map((bar, i) => {
          let top = 40;
          return states.map((state) => {
            const height = ((bar.counts.get(state) ?? 0) / highest) * 40;
            top -= height;
            return height > 0 ? (
              <rect
                key={state}
                class={`state-${state}`}
                x={i * width + width * 0.1}
                y={top}
                width={width * 0.8}
                height={height}
              />
            ) : null;
          });
        })}
      </svg>
      <div class="span">
        <span>{timeText(new Date(bars[0]?.begin ?? 0).toISOString())}</span>
        <span>{timeText(new Date(bars.at(-1)?.begin ?? 0).toISOString())}</span>
      </div>
    </div>
  );
}

export function Chart({ deliveries }: { deliveries: Delivery[] }) {
  const { bars, step } = barsOf(deliveries);
  const states = order.filter((state) => deliveries.some((delivery) => delivery.state === state));
  const caption = t("home.chartCaption", {
    step: t(step),
    count: deliveries.length.toLocaleString(language.value),
    time: timeText(deliveries.at(-1)?.created_at ?? ""),
  });
  return (
    <section class="panel">
      <h2>{t("home.chart")}</h2>
      <p class="muted">{caption}</p>
      <p class="facts legend">
        {states.map((state) => (
          <span key={state}>
            <StateBadge state={state} />{" "}
            <b>
              {deliveries
                .filter((delivery) => delivery.state === state)
                .length.toLocaleString(language.value)}
            </b>
          </span>
        ))}
      </p>
      <Bars bars={bars} states={states} label={caption} />
      <details>
        <summary>{t("home.table")}</summary>
        <div class="scroll">
          <table class="rows">
            <caption class="away">{caption}</caption>
            <thead>
              <tr>
                <th scope="col">{t("home.period")}</th>
                {states.map((state) => (
                  <th key={state} scope="col" class="number">
                    {t(`state.${state}` as Key)}
                  </th>
                ))}
                <th scope="col" class="number">
                  {t("home.total")}
                </th>
              </tr>
            </thead>
            <tbody>
              {bars
                .filter((bar) => bar.total > 0)
                .map((bar) => (
                  <tr key={bar.begin}>
                    <td>{timeText(new Date(bar.begin).toISOString())}</td>
                    {states.map((state) => (
                      <td key={state} class="number">
                        {bar.counts.get(state) ?? 0}
                      </td>
                    ))}
                    <td class="number">{bar.total}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}

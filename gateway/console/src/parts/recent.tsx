// The latest deliveries of a webhook as a row of marks: high for success, low
// for failure.
import type { Delivery } from "../api/types.ts";
import { type Key, t } from "../text/text.ts";
import { toneOf } from "./badge.tsx";

const most = 20;

export function Recent({ deliveries }: { deliveries: Delivery[] }) {
  if (deliveries.length === 0) return <span class="muted">–</span>;
  const shown = deliveries.slice(0, most).reverse();
  const counts = new Map<string, number>();
  for (const { state } of shown) counts.set(state, (counts.get(state) ?? 0) + 1);
  const text = [...counts].map(([state, count]) => `${count} ${t(`state.${state}` as Key)}`).join(", ");
  return (
    <svg class="recent" viewBox={`0 0 ${most * 6} 16`} role="img" aria-label={text}>
      <title>{text}</title>
      {shown.map((delivery, i) => {
        const tone = toneOf(delivery);
        const high = tone === "good" ? 12 : 7;
        return (
          <rect
            key={delivery.id_delivery}
            class={tone}
            x={(most - shown.length + i) * 6}
            y={16 - high}
            width="4"
            height={high}
            rx="1"
          />
        );
      })}
    </svg>
  );
}

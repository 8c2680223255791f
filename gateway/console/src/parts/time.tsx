// Times, in the zone that the reader chose; the other zone is in the tooltip.
import { signal } from "@preact/signals";
import { language } from "../text/text.ts";

export const zone = signal<"local" | "utc">("local");

function format(time: Date, utc: boolean, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(language.value, {
    ...options,
    ...(utc ? { timeZone: "UTC" } : {}),
  }).format(time);
}

const full: Intl.DateTimeFormatOptions = {
  year: "numeric",
  month: "short",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
  timeZoneName: "short",
};

function isToday(time: Date): boolean {
  return Math.abs(Date.now() - time.getTime()) < 12 * 3600 * 1000;
}

// Returns the time in the zone of the reader's choice: "14:02:07", with the day
// if that is not today's.
export function timeText(text: string): string {
  const time = new Date(text);
  const options: Intl.DateTimeFormatOptions = {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  };
  if (!isToday(time)) Object.assign(options, { month: "short", day: "2-digit" });
  const utc = zone.value === "utc";
  return format(time, utc, options) + (utc ? " UTC" : "");
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

// Returns the distance from now: "5 minutes ago", "in 2 hours".
export function relative(text: string): string {
  const seconds = (new Date(text).getTime() - Date.now()) / 1000;
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }).format(
    Math.round(seconds / size),
    unit,
  );
}

export function bothZones(text: string): string {
  const time = new Date(text);
  return `${format(time, false, full)}\n${format(time, true, full)}`;
}

export function Time({ at, long = false }: { at: string; long?: boolean }) {
  return (
    <time dateTime={at} title={bothZones(at)}>
      {timeText(at)}
      {long && <span class="muted"> · {relative(at)}</span>}
    </time>
  );
}

// Returns the milliseconds of a duration of the API: "0.012s".
export const milliseconds = (duration: string) => Number(duration.replace(/s$/, "")) * 1000;

export function durationText(duration: string): string {
  const value = milliseconds(duration);
  const digits = value < 10 ? 1 : 0;
  return value < 1000
    ? `${value.toLocaleString(language.value, { maximumFractionDigits: digits })} ms`
    : `${(value / 1000).toLocaleString(language.value, { maximumFractionDigits: 2 })} s`;
}

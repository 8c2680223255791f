// What a screen shows while a call runs, after it failed, and if there is
// nothing.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api/error.ts";
import { t } from "../text/text.ts";
import { Copy } from "./copy.tsx";
import { Shown } from "./text_shown.tsx";

// The time before a skeleton is shown, in milliseconds: most answers are faster.
const soon = 200;

export function Skeleton({ rows = 4 }: { rows?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), soon);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div class="skeleton" role="status">
      <span class="away">{t("common.loading")}</span>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  );
}

// The seconds that remain of `seconds` since this was shown for `cause`.
export function useCountdown(seconds: number, cause: unknown): number {
  const [left, setLeft] = useState(seconds);
  // A new cause begins anew.
  useEffect(() => {
    setLeft(seconds);
    if (!seconds) return;
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(rest);
      if (!rest) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds, cause]);
  return left;
}

interface Failure {
  error: ApiError;
  retry?: (() => void) | undefined;
  // True if older data is still shown beside it.
  stale?: boolean;
}

export function Failed({ error, retry, stale = false }: Failure) {
  const left = useCountdown(error.retryAfter, error);
  return (
    <div class={stale ? "notice bad stale" : "notice bad"} role="alert">
      <div>
        <strong>{error.status === 0 ? t("common.noAnswer") : <Shown text={error.message} />}</strong>
        {error.fields.length > 1 && (
          <ul>
            {error.fields.map((field) => (
              <li key={field.field}>
                <code>{field.field}</code> <Shown text={field.description} />
              </li>
            ))}
          </ul>
        )}
        <p class="facts">
          <code class="reason">{error.reason || error.status}</code>
          {error.requestId && (
            <span>
              {t("common.requestId")} <code class="request-id">{error.requestId}</code>{" "}
              <Copy text={error.requestId} />
            </span>
          )}
          {stale && <span>{t("common.stale")}</span>}
        </p>
      </div>
      {retry && (
        <button type="button" onClick={retry} disabled={left > 0}>
          {left > 0 ? t("common.retryIn", { seconds: left }) : t("common.retry")}
        </button>
      )}
    </div>
  );
}

export function Notice({
  kind,
  children,
}: {
  kind: "good" | "bad" | "warn" | "info";
  children: ComponentChildren;
}) {
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : "status"}>
      <div>{children}</div>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <svg viewBox="0 0 48 32" aria-hidden="true">
        <path d="M2 26h12l6-20 8 20h18" />
        <circle cx="20" cy="6" r="3" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

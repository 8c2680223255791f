// Asks for a key over the page that it opens.
import { useEffect, useState } from "preact/hooks";
import { callWith } from "../api/client.ts";
import { ApiError } from "../api/error.ts";
import { key, unlock } from "../api/key.ts";
import { useAction } from "../api/use_action.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Failed, useCountdown } from "../parts/feedback.tsx";
import { TextField } from "../parts/field.tsx";
import { t } from "../text/text.ts";

// The cheapest call that needs a key.
const probe = { method: "GET", path: "webhooks?page_size=1" } as const;

// Returns true if the gateway accepts calls without a key, since the certificate
// of this browser replaces it.
export async function needsNoKey(): Promise<boolean> {
  try {
    await callWith("", probe);
    return true;
  } catch {
    return false;
  }
}

function Problem({ error }: { error: ApiError }) {
  const left = useCountdown(error.retryAfter, error);
  if (error.status === 401) {
    return (
      <p class="field-error" role="alert">
        {t("key.wrong")}
      </p>
    );
  }
  if (error.reason !== "TOO_MANY_FAILED_KEYS") return <Failed error={error} />;
  return left > 0 ? (
    <p class="field-error" role="alert">
      {t("key.wait", { seconds: left })}
    </p>
  ) : null;
}

// `ended` is true if the console was open before.
export function KeyDialog({ ended }: { ended: boolean }) {
  const [text, setText] = useState("");
  const action = useAction(async () => {
    const given = text.trim();
    if (!/^[\x21-\x7e]+$/.test(given)) {
      throw new ApiError("", 401, "API_KEY_INVALID", "", 0, []);
    }
    await callWith(given, probe);
    unlock(given);
  });
  useEffect(() => {
    if (ended) return;
    needsNoKey().then((open) => {
      if (open && key.value === null) unlock("");
    });
  }, [ended]);
  return (
    <Dialog title={t("key.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        {ended && <p class="notice warn">{t("key.ended")}</p>}
        <p>{t("key.text")}</p>
        <TextField
          label={t("key.label")}
          type="password"
          value={text}
          change={setText}
          required
          help={t("key.where")}
          code
        />
        {action.error && <Problem error={action.error} />}
        <footer>
          <button type="submit" class="primary" aria-busy={action.running} disabled={action.running}>
            {action.running ? t("key.checking") : t("key.open")}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

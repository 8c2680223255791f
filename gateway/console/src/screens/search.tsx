// Finds what an id belongs to.
import { useState } from "preact/hooks";
import { get } from "../api/client.ts";
import { ApiError } from "../api/error.ts";
import type { RetryJob } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { Failed, Notice } from "../parts/feedback.tsx";
import { href } from "../parts/route.ts";
import { t } from "../text/text.ts";

const kinds = ["deliveries", "events", "webhooks", "retryJobs"] as const;

// Returns the address of the screen for an id; "" if nothing has it.
async function find(id: string): Promise<string> {
  for (const kind of kinds) {
    try {
      const { data } = await get<unknown>(`${kind}/${encodeURIComponent(id)}`);
      if (kind !== "retryJobs") return href([kind, id]);
      const { id_webhook_endpoint } = data as RetryJob;
      return href(["webhooks", id_webhook_endpoint], { tab: "retry", job: id });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  return "";
}

export function Search() {
  const [text, setText] = useState("");
  const [missing, setMissing] = useState("");
  const action = useAction(async () => {
    const id = text.trim().toLowerCase();
    setMissing("");
    if (!id) return;
    const address = await find(id);
    if (address) {
      setText("");
      location.hash = address;
    } else {
      setMissing(id);
    }
  });
  return (
    <div class="search">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run();
        }}
      >
        <input
          type="search"
          aria-label={t("search.label")}
          placeholder={t("search.label")}
          title={t("search.placeholder")}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setMissing("");
            action.clear();
          }}
          spellcheck={false}
          autocomplete="off"
        />
        <button type="submit" aria-busy={action.running} aria-label={t("search.go")}>
          <span aria-hidden="true">→</span>
        </button>
      </form>
      <div class="search-result">
        {missing && <Notice kind="warn">{t("search.none", { id: missing })}</Notice>}
        {action.error && <Failed error={action.error} retry={action.run} />}
      </div>
    </div>
  );
}

// Retries of many deliveries: first a count, then the job and its progress.
import { useState } from "preact/hooks";
import { type Call, call, get } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { RetryJob, Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { useResource } from "../api/use_resource.ts";
import { ActionButton } from "../parts/action.tsx";
import { StateBadge } from "../parts/badge.tsx";
import { Failed, Notice, Skeleton } from "../parts/feedback.tsx";
import { Check, SelectField, TextField, TimeField } from "../parts/field.tsx";
import { route, setParameters } from "../parts/route.ts";
import { type Key, plural, t } from "../text/text.ts";

const selections = ["FAILED", "DELIVERED", "NEVER_MATCHED", "ALL"];
// The time between two looks at a job that counts, in milliseconds.
const look = 300;

interface Choice {
  selection: string;
  event_type: string;
  start_time: string;
  end_time: string;
  include_waiting: boolean;
  max_per_second: string;
}

function bodyOf(choice: Choice, counts: boolean): string {
  const { selection, event_type, start_time, end_time, include_waiting, max_per_second } = choice;
  return JSON.stringify({
    selection,
    ...(event_type ? { event_type } : {}),
    ...(start_time ? { start_time } : {}),
    ...(end_time ? { end_time } : {}),
    ...(include_waiting ? { include_waiting } : {}),
    ...(max_per_second ? { max_per_second: Number(max_per_second) } : {}),
    ...(counts ? { dry_run: true } : {}),
  });
}

function ctlOf(id: string, choice: Choice): string {
  const flags = [
    choice.start_time ? `--start_time=${choice.start_time}` : "--all",
    `--selection=${choice.selection.toLowerCase()}`,
  ];
  if (choice.end_time) flags.push(`--end_time=${choice.end_time}`);
  if (choice.event_type) flags.push(`--event_type=${choice.event_type}`);
  if (choice.include_waiting) flags.push("--include_waiting");
  if (choice.max_per_second) flags.push(`--max_per_second=${choice.max_per_second}`);
  return words("retry-job", "create", id, ...flags);
}

// Runs a job that only counts, until its end.
async function count(request: Call): Promise<number> {
  let job = (await call<RetryJob>(request)).data;
  while (job.state === "RUNNING") {
    await new Promise((resolve) => setTimeout(resolve, look));
    job = (await get<RetryJob>(`retryJobs/${job.id_retry_job}`)).data;
  }
  return job.retried_count;
}

function Progress({ id }: { id: string }) {
  const { answer, error, reload, set } = useResource<RetryJob>(`retryJobs/${id}`, 1);
  const request: Call = { method: "POST", path: `retryJobs/${id}:cancel`, body: "{}" };
  const stop = useAction(async () => set(await call<RetryJob>(request)));
  const job = answer?.data;
  if (!job) return error ? <Failed error={error} retry={reload} /> : <Skeleton rows={1} />;
  const counts = { retried: job.retried_count, examined: job.examined_count };
  return (
    <section class="panel progress" aria-live="polite">
      <p>
        <StateBadge state={job.state} />{" "}
        {t(
          job.state === "DONE"
            ? "retry.done"
            : job.state === "CANCELLED"
              ? "retry.stopped"
              : "retry.progress",
          counts,
        )}
      </p>
      {error && <Failed error={error} retry={reload} stale />}
      {stop.error && <Failed error={stop.error} />}
      {job.state === "RUNNING" ? (
        <>
          <progress aria-label={t("state.RUNNING")} />
          <ActionButton
            label={t("retry.stop")}
            action={stop}
            command={{ call: request, ctl: words("retry-job", "cancel", id) }}
          />
        </>
      ) : (
        <button type="button" onClick={() => setParameters({ job: undefined })}>
          {t("retry.again")}
        </button>
      )}
    </section>
  );
}

export function RetryJobs({ webhook }: { webhook: Webhook }) {
  const id = webhook.id_webhook_endpoint;
  const job = route.value.parameters.get("job");
  const [choice, setChoice] = useState<Choice>({
    selection: "FAILED",
    event_type: "",
    start_time: "",
    end_time: "",
    include_waiting: false,
    max_per_second: "",
  });
  // The count, the choice that it belongs to, and the end of its span: events that
  // are published later are not retried either.
  const [preview, setPreview] = useState<{ count: number; of: Choice; end: string }>();
  const change = (changes: Partial<Choice>) => setChoice({ ...choice, ...changes });
  const path = `webhooks/${id}/retryJobs`;
  const bounded = (end: string) => ({ ...choice, end_time: choice.end_time || end });
  const counts = useAction(async () => {
    const end = new Date().toISOString();
    const request: Call = { method: "POST", path, body: bodyOf(bounded(end), true) };
    setPreview({ count: await count(request), of: choice, end });
  });
  const same = preview?.of === choice ? preview : undefined;
  const started = bounded(same?.end ?? "");
  const starting: Call = { method: "POST", path, body: bodyOf(started, false) };
  const starts = useAction(async () => {
    const { data } = await call<RetryJob>(starting);
    setPreview(undefined);
    setParameters({ job: data.id_retry_job });
  });
  if (job) return <Progress key={job} id={job} />;
  const counted = same?.count;
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        void counts.run();
      }}
    >
      <p>{t("retry.text")}</p>
      <SelectField
        label={t("retry.selection")}
        value={choice.selection}
        change={(selection) => change({ selection })}
        options={selections.map((name): [string, string] => [name, t(`retry.${name}` as Key)])}
      />
      <div class="pair">
        <TimeField
          label={t("common.from")}
          value={choice.start_time}
          change={(start_time) => change({ start_time })}
        />
        <TimeField
          label={t("common.to")}
          value={choice.end_time}
          change={(end_time) => change({ end_time })}
        />
        <TextField
          label={t("field.type")}
          value={choice.event_type}
          change={(event_type) => change({ event_type })}
          code
        />
        <TextField
          label={t("retry.maxPerSecond")}
          type="number"
          placeholder="100"
          value={choice.max_per_second}
          change={(max_per_second) => change({ max_per_second })}
        />
      </div>
      <p class="hint">{t("retry.spanHelp")}</p>
      {choice.selection === "FAILED" && (
        <Check
          label={t("retry.includeWaiting")}
          value={choice.include_waiting}
          change={(include_waiting) => change({ include_waiting })}
        />
      )}
      {(counts.error ?? starts.error) && <Failed error={(counts.error ?? starts.error) as never} />}
      {counted !== undefined && (
        <Notice kind="info">
          {counted === 0 ? t("retry.previewedNone") : plural("retry.previewed", counted)}
        </Notice>
      )}
      <footer>
        <button
          type="submit"
          class={counted ? "" : "primary"}
          disabled={counts.running}
          aria-busy={counts.running}
        >
          {t(counts.running ? "retry.counting" : "retry.preview")}
        </button>
        {counted !== undefined && counted > 0 && (
          <ActionButton
            label={plural("retry.start", counted)}
            class="primary"
            action={starts}
            command={{ call: starting, ctl: ctlOf(id, started) }}
          />
        )}
      </footer>
    </form>
  );
}

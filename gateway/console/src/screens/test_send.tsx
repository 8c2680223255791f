import { useState } from "preact/hooks";
import { type Call, call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Attempt, Webhook } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { ActionButton } from "../parts/action.tsx";
import { outcome } from "../parts/badge.tsx";
import { Failed, Notice } from "../parts/feedback.tsx";
import { TextField } from "../parts/field.tsx";
import { isJson } from "../parts/json_print.ts";
import { t } from "../text/text.ts";
import { AttemptFacts } from "./attempt.tsx";

// The data is part of the body as it was typed.
function bodyOf(type: string, data: string): string {
  const members = [];
  if (type) members.push(`"type":${JSON.stringify(type)}`);
  if (data.trim()) members.push(`"data":${data.trim()}`);
  return `{${members.join(",")}}`;
}

export function TestSend({ webhook }: { webhook: Webhook }) {
  const [type, setType] = useState("");
  const [data, setData] = useState("");
  const [attempt, setAttempt] = useState<Attempt>();
  const id = webhook.id_webhook_endpoint;
  const valid = !data.trim() || isJson(data);
  const request: Call = { method: "POST", path: `webhooks/${id}:test`, body: bodyOf(type, data) };
  const action = useAction(async () => {
    setAttempt(undefined);
    setAttempt((await call<Attempt>(request)).data);
  });
  const flags = [
    ...(type ? [`--event_type=${type}`] : []),
    ...(data.trim() ? [`--data=${data.trim()}`] : []),
  ];
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) void action.run();
      }}
    >
      <p>{t("test.text")}</p>
      <TextField
        label={t("field.type")}
        help={t("test.typeHelp")}
        value={type}
        change={setType}
        placeholder={webhook.scope?.[0] ?? "webhook.test"}
        code
      />
      <TextField
        label={t("field.data")}
        help={t("test.dataHelp")}
        error={valid ? undefined : t("test.badJson")}
        rows={5}
        value={data}
        change={setData}
        code
      />
      <footer>
        <ActionButton
          label={t(action.running ? "test.sending" : "test.send")}
          class="primary"
          action={action}
          submit
          disabled={!valid}
          command={{ call: request, ctl: words("webhook", "test", id, ...flags) }}
        />
      </footer>
      {action.error && <Failed error={action.error} />}
      {attempt && (
        <section class="test-result">
          <Notice kind={attempt.error === null ? "good" : "bad"}>
            <strong>{t(attempt.error === null ? "test.ok" : "test.notOk")}</strong> {outcome(attempt)}
          </Notice>
          <AttemptFacts attempt={attempt} />
        </section>
      )}
    </form>
  );
}

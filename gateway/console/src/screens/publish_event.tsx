import { useMemo, useState } from "preact/hooks";
import { type Call, call } from "../api/client.ts";
import { words } from "../api/commands.ts";
import type { Published } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { ActionButton } from "../parts/action.tsx";
import { Failed } from "../parts/feedback.tsx";
import { TextField, TimeField } from "../parts/field.tsx";
import { isJson } from "../parts/json_print.ts";
import { go } from "../parts/route.ts";
import { t } from "../text/text.ts";

export function PublishEvent({ close }: { close: () => void }) {
  const [type, setType] = useState("");
  const [data, setData] = useState('{"id": 1}');
  const [deliverAt, setDeliverAt] = useState("");
  const valid = isJson(data);
  // A repeat of the call after a failure publishes no second event.
  // Another event has another key.
  const idempotencyKey = useMemo(
    () => crypto.getRandomValues(new Uint32Array(4)).join("-"),
    [type, data, deliverAt],
  );
  const later = deliverAt ? `,"deliver_at":${JSON.stringify(deliverAt)}` : "";
  const request: Call = {
    method: "POST",
    path: "events",
    // The data is part of the body as it was typed.
    body: `{"type":${JSON.stringify(type)},"data":${data.trim()}${later}}`,
    idempotencyKey,
  };
  const action = useAction(async () => {
    const { data: published } = await call<Published>(request);
    go(["events", published.id_event]);
  });
  const flags = deliverAt ? [`--deliver_at=${deliverAt}`] : [];
  return (
    <form
      class="panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) void action.run();
      }}
    >
      <TextField
        label={t("field.type")}
        value={type}
        change={setType}
        placeholder="connection.created"
        required
        code
      />
      <TextField
        label={t("field.data")}
        rows={6}
        value={data}
        change={setData}
        error={valid ? undefined : t("test.badJson")}
        code
      />
      <TimeField
        label={`${t("field.deliverAt")} (${t("common.optional")})`}
        value={deliverAt}
        change={setDeliverAt}
      />
      {action.error && <Failed error={action.error} />}
      <footer>
        <button type="button" onClick={close}>
          {t("common.cancel")}
        </button>
        <ActionButton
          label={t("events.publish")}
          class="primary"
          action={action}
          submit
          disabled={!valid}
          command={{ call: request, ctl: words("event", "publish", type || "TYPE", data.trim(), ...flags) }}
        />
      </footer>
    </form>
  );
}

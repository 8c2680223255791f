// Finds out why a receiver does not accept a signature.
import { useEffect, useState } from "preact/hooks";
import { type Call, call, get } from "../api/client.ts";
import { ApiError } from "../api/error.ts";
import type { Explanation, WebhookSecret } from "../api/types.ts";
import { useAction } from "../api/use_action.ts";
import { useResource } from "../api/use_resource.ts";
import { ActionButton } from "../parts/action.tsx";
import { Failed, Notice } from "../parts/feedback.tsx";
import { SelectField, TextField } from "../parts/field.tsx";
import { route, setParameters } from "../parts/route.ts";
import { type Headers, readHeaders } from "../parts/signature_check.ts";
import { Shown } from "../parts/text_shown.tsx";
import { pieces } from "../parts/visible.ts";
import { useWebhookOptions } from "../parts/webhook_name.tsx";
import { t } from "../text/text.ts";
import { bodyOf } from "./delivery.tsx";
import { examine, type Finding } from "./signature_findings.ts";
import { Findings } from "./signature_result.tsx";

// Returns what the service sent for webhook-id; null: not known.
async function sentBody(event: string, webhook: string): Promise<Explanation | null> {
  if (!/^[0-9a-f-]{36}$/i.test(event) || !webhook) return null;
  try {
    return (await get<Explanation>(`events/${event}/deliveries/${webhook}`)).data;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

function verification(headers: Headers, body: string, secret: string): Call {
  return {
    method: "POST",
    path: "webhooks/verifyEvent",
    body: JSON.stringify({
      body,
      secret,
      ...(headers.signatures.length
        ? {
            webhook_id: headers.id,
            webhook_timestamp: headers.timestamp,
            webhook_signature: headers.signatures.join(" "),
          }
        : { signature: headers.panora }),
    }),
  };
}

// Sends the calls until one is accepted. Throws the error of the last one.
async function firstAccepted(requests: Call[]) {
  for (const [i, request] of requests.entries()) {
    try {
      await call(request);
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 400 || i === requests.length - 1) throw error;
    }
  }
}

// What the API can say of the last attempt of a delivery, to begin with.
function useExample(set: (headers: string, body: string) => void) {
  const { parameters } = route.value;
  const event = parameters.get("event") ?? "";
  const webhook = parameters.get("webhook") ?? "";
  const { answer } = useResource<Explanation>(
    event && webhook ? `events/${event}/deliveries/${webhook}` : "",
  );
  const signed = answer?.data.signed_content;
  // Fills the form once.
  useEffect(() => {
    if (!signed) return;
    const [id, timestamp] = signed.split(".", 2);
    set(`webhook-id: ${id}\nwebhook-timestamp: ${timestamp}\nwebhook-signature: `, bodyOf(signed));
  }, [signed]);
}

export function Signature() {
  const { parameters } = route.value;
  const webhook = parameters.get("webhook") ?? "";
  const [secret, setSecret] = useState("");
  const [headers, setHeaders] = useState("");
  const [body, setBody] = useState("");
  const [findings, setFindings] = useState<Finding[]>();
  const [verified, setVerified] = useState(false);
  const options = useWebhookOptions();
  const secrets = useResource<WebhookSecret[]>(webhook ? `webhooks/${webhook}/secrets` : "");
  useExample((filled, sent) => {
    setHeaders(filled);
    setBody(sent);
  });
  const known = [
    ...(secret ? [secret.trim()] : []),
    ...(secrets.answer?.data ?? []).map((each) => each.secret),
  ];
  const read = readHeaders(headers);
  const check = useAction(async () => {
    setVerified(false);
    setFindings(undefined);
    const sent = await sentBody(read.id, webhook);
    setFindings(await examine(read, body, known, sent && bodyOf(sent.signed_content), sent?.signed_data));
  });
  const requests = known.map((each) => verification(read, body, each));
  const verify = useAction(async () => {
    setVerified(false);
    await firstAccepted(requests);
    setVerified(true);
  });
  return (
    <>
      <header class="title">
        <div>
          <h1>{t("signature.title")}</h1>
          <p class="muted">{t("signature.text")}</p>
        </div>
      </header>
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          void check.run();
        }}
      >
        <div class="pair">
          <SelectField
            label={t("signature.webhook")}
            value={webhook}
            change={(id) => setParameters({ webhook: id }, true)}
            options={[["", t("signature.chooseWebhook")], ...options]}
          />
          <TextField
            label={t("signature.secret")}
            type="password"
            value={secret}
            change={setSecret}
            placeholder="whsec_…"
            code
          />
        </div>
        {secrets.error && <Failed error={secrets.error} retry={secrets.reload} />}
        <TextField
          label={t("signature.headers")}
          help={t("signature.headersHelp")}
          rows={5}
          value={headers}
          change={setHeaders}
          code
        />
        <TextField
          label={t("signature.body")}
          help={t("signature.bodyHelp")}
          rows={7}
          value={body}
          change={setBody}
          code
        />
        {pieces(body).some((piece) => piece.hidden) && (
          <p class="hint">
            {t("common.hiddenCharacters")} <Shown class="code-input" text={body} />
          </p>
        )}
        <footer>
          <ActionButton
            label={t("signature.server")}
            action={verify}
            command={{ call: verification(read, body, "whsec_..."), ctl: "" }}
            disabled={!known.length}
          />
          <button type="submit" class="primary" disabled={check.running}>
            {t("signature.check")}
          </button>
        </footer>
      </form>
      {check.error && <Failed error={check.error} />}
      {verify.error && <Failed error={verify.error} />}
      {verified && <Notice kind="good">{t("signature.serverOk")}</Notice>}
      {findings && <Findings findings={findings} />}
    </>
  );
}

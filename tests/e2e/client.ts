// Creates a webhook, publishes an event and reads its delivery, with a client
// that is generated from /openapi.json. argv: the gateway, the key, the URL of a
// receiver. Prints the result as a line of JSON.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

const [gateway, key, url] = process.argv.slice(2) as [string, string, string];

function given<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

async function main(): Promise<void> {
  const client = createClient<paths>({
    baseUrl: gateway,
    headers: { "x-api-key": key },
  });
  const webhook = given(
    await client.POST("/webhooks", { body: { url, scope: ["thing.happened"] } }),
  );
  const listed: components["schemas"]["Webhook"][] = given(
    await client.GET("/webhooks", { params: { query: { active: true } } }),
  );
  const event = given(
    await client.POST("/events", {
      body: { type: "thing.happened", data: { n: 1 } },
      params: { header: { "Idempotency-Key": "once" } },
    }),
  );
  const deliveries = given(
    await client.GET("/deliveries", {
      params: { query: { id_event: event.id_event } },
    }),
  );
  const delivery = given(
    await client.GET("/deliveries/{id}", {
      params: { path: { id: deliveries[0]!.id_delivery } },
    }),
  );
  const refused = await client.POST("/webhooks", {
    body: { url: "no URL", scope: null },
  });
  console.log(
    JSON.stringify({
      webhook: webhook.id_webhook_endpoint,
      listed: listed.map((w) => w.id_webhook_endpoint),
      event: event.id_event,
      delivery: { of: delivery.id_event, state: delivery.state },
      refused: refused.error?.error.code,
    }),
  );
}

void main();

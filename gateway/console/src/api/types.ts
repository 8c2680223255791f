// The resources of the API, as its document describes them. The file schema.d.ts is
// generated from /openapi.json into the folder of the build, for checks of types.
import type { components } from "../../schema.d.ts";

type Schemas = components["schemas"];

export type Webhook = Schemas["Webhook"];
export type Deactivation = Schemas["Deactivation"];
export type DeliverySettings = Schemas["DeliverySettings"];
export type WebhookSecret = Schemas["WebhookSecret"];
export type Delivery = Schemas["Delivery"];
export type Attempt = Schemas["Attempt"];
export type RetryJob = Schemas["RetryJob"];
// Its data is text: see raw_json.ts.
export type Event = Omit<Schemas["Event"], "data"> & { data: string };
export type Explanation = Schemas["ExplainDeliveryResponse"];
export type Published = Schemas["PublishEventResponse"];

#include "server/delivery/delivery_request.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/json/json_text.h"
#include "proto/time.h"
#include "server/signing/panora_signature.h"
#include "server/signing/standard_signature.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kUserAgent = "webhooks/0.1";

constexpr absl::string_view kReservedHeaders[] = {"accept-encoding",
                                                  "connection",
                                                  "content-encoding",
                                                  "content-length",
                                                  "content-type",
                                                  "date",
                                                  "expect",
                                                  "host",
                                                  "keep-alive",
                                                  "panora-signature",
                                                  "proxy-authenticate",
                                                  "proxy-authorization",
                                                  "proxy-connection",
                                                  "te",
                                                  "traceparent",
                                                  "tracestate",
                                                  "trailer",
                                                  "transfer-encoding",
                                                  "upgrade",
                                                  "user-agent",
                                                  "webhook-id",
                                                  "webhook-signature",
                                                  "webhook-timestamp"};

std::string FormatTimestamp(const google::protobuf::Timestamp& timestamp) {
  const absl::Time time = FromTimestamp(timestamp);
  const bool is_whole = timestamp.nanos() == 0;
  return absl::FormatTime(
      is_whole ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%E3SZ", time,
      absl::UTCTimeZone());
}

}  // namespace

std::string DeliveryBody(const v1::Event& event) {
  std::string body = "{\"id_event\":";
  AppendJsonString(event.id_event(), body);
  body += ",\"type\":";
  AppendJsonString(event.type(), body);
  body += ",\"timestamp\":";
  AppendJsonString(FormatTimestamp(event.created_at()), body);
  absl::StrAppend(&body, ",\"data\":",
                  event.has_data() ? absl::string_view(event.data()) : "null",
                  "}");
  return body;
}

HttpRequest MakeDeliveryRequest(const v1::Webhook& webhook,
                                const v1::WebhookSecrets& secrets,
                                const v1::Event& event, absl::Time now,
                                absl::Duration timeout) {
  HttpRequest request;
  request.url = webhook.url();
  request.body = DeliveryBody(event);
  const std::string content =
      SignedContent(event.id_event(), now, request.body);
  const std::string signatures = absl::StrJoin(
      secrets.secrets(), " ", [&](std::string* out, const auto& secret) {
        absl::StrAppend(out, StandardSignature(content, secret.secret()));
      });
  request.headers = {
      "content-type: application/json",
      absl::StrCat("user-agent: ", kUserAgent),
      absl::StrCat("webhook-id: ", event.id_event()),
      absl::StrCat("webhook-timestamp: ", absl::ToUnixSeconds(now)),
      absl::StrCat("webhook-signature: ", signatures),
      absl::StrCat(
          "panora-signature: ",
          PanoraSignature(request.body, webhook.secret()).value_or(""))};
  // A protobuf map has no stable order.
  const std::map<std::string, std::string> own(
      webhook.delivery().headers().begin(), webhook.delivery().headers().end());
  for (const auto& [name, value] : own) {
    // The name may have become reserved after the webhook was stored.
    if (IsReservedHeader(name)) continue;
    // libcurl drops a header without a value unless it ends with a semicolon.
    request.headers.push_back(value.empty() ? absl::StrCat(name, ";")
                                            : absl::StrCat(name, ": ", value));
  }
  request.timeout = webhook.delivery().has_timeout()
                        ? FromProtoDuration(webhook.delivery().timeout())
                        : timeout;
  return request;
}

void AddTrace(const Span& span, HttpRequest& request) {
  request.headers.push_back(
      absl::StrCat(kTraceparentMetadata, ": ", span.Traceparent()));
  if (span.tracestate.empty()) return;
  request.headers.push_back(
      absl::StrCat(kTracestateMetadata, ": ", span.tracestate));
}

bool IsReservedHeader(absl::string_view name) {
  return std::any_of(
      std::begin(kReservedHeaders), std::end(kReservedHeaders),
      [&](auto reserved) { return absl::EqualsIgnoreCase(name, reserved); });
}

}  // namespace webhooks::server

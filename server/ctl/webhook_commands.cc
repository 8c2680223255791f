#include <iostream>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "proto/time.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status ListWebhooks(Session& session) {
  const Options& options = session.options;
  v1::ListWebhooksRequest wanted;
  if (options.active) wanted.set_active(*options.active);
  if (options.event_type) wanted.set_event_type(*options.event_type);
  if (options.url) wanted.set_url(*options.url);
  const auto webhooks = ListAll<v1::Webhook>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListWebhooksResponse>(
            "webhooks.v1.WebhookService/List", request);
      },
      [](const auto& page) { return page.webhooks(); });
  if (!webhooks.ok()) return webhooks.status();
  return PrintRows(session, *webhooks,
                   {"id_webhook_endpoint", "active", "url", "scope",
                    "created_at", "endpoint_description"});
}

absl::Status GetWebhook(Session& session) {
  v1::GetWebhookRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session, session.client.Call<v1::Webhook>(
                                  "webhooks.v1.WebhookService/Get", request));
}

// Replaces a duration in the form of flags, such as "1m30s", by the form of
// JSON ("90s"). Leaves other values as they are.
void ConvertDuration(google::protobuf::Value& value) {
  absl::Duration duration;
  if (!value.has_string_value() ||
      !absl::ParseDuration(value.string_value(), &duration)) {
    return;
  }
  value.set_string_value(absl::StrCat(
      absl::ToInt64Seconds(duration), ".",
      absl::Dec((duration % absl::Seconds(1)) / absl::Nanoseconds(1),
                absl::kZeroPad9),
      "s"));
}

// Reads the JSON of --delivery.
absl::Status ReadSettings(const std::string& json,
                          v1::DeliverySettings& settings) {
  using google::protobuf::util::JsonStringToMessage;
  using google::protobuf::util::MessageToJsonString;
  google::protobuf::Struct fields;
  auto read = JsonStringToMessage(json, &fields);
  for (auto& [name, value] : *fields.mutable_fields()) {
    if (name != "timeout" && name != "schedule") continue;
    ConvertDuration(value);
    if (!value.has_list_value()) continue;
    for (auto& item : *value.mutable_list_value()->mutable_values()) {
      ConvertDuration(item);
    }
  }
  std::string converted;
  if (read.ok()) read = MessageToJsonString(fields, &converted);
  if (read.ok()) read = JsonStringToMessage(converted, &settings);
  if (read.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--delivery: ", std::string(read.message())));
}

// Sets the fields that requests to create and to update webhooks have in
// common.
template <typename Request>
absl::Status Fill(const Options& options, Request& request) {
  if (options.url) request.set_url(*options.url);
  if (options.description) request.set_description(*options.description);
  if (options.scope) {
    for (const absl::string_view type : absl::StrSplit(*options.scope, ',')) {
      request.add_scope(std::string(type));
    }
  }
  if (options.scope && options.all_events) {
    return absl::InvalidArgumentError(
        "give only one of --scope and --all_events");
  }
  request.set_all_events(options.all_events);
  if (!options.delivery) return absl::OkStatus();
  return ReadSettings(*options.delivery, *request.mutable_delivery());
}

absl::Status CreateWebhook(Session& session) {
  v1::CreateWebhookRequest request;
  request.set_request_id(NewRequestId());
  absl::Status filled = Fill(session.options, request);
  if (!filled.ok()) return filled;
  if (request.scope().empty() && !request.all_events()) {
    return absl::InvalidArgumentError(
        "give the event types with --scope, or --all_events");
  }
  const auto made = session.client.Call<v1::Webhook>(
      "webhooks.v1.WebhookService/Create", request);
  absl::Status printed = PrintResult(session, made);
  if (made.ok() && !made->has_url()) {
    std::cerr << "The webhook has no URL: its events wait until it has one "
                 "(webhookctl webhook update --url), or are fetched "
                 "(webhookctl listen --pull --webhook).\n";
  }
  return printed;
}

constexpr absl::string_view kClearable[] = {"url", "description", "scope",
                                            "delivery"};

// Adds the fields that `request` sets and those of --clear to its mask.
absl::Status SetMask(absl::string_view cleared,
                     v1::UpdateWebhookRequest& request) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  request.GetReflection()->ListFields(request, &set);
  google::protobuf::FieldMask& mask = *request.mutable_update_mask();
  for (const auto* field : set) {
    mask.add_paths(field->name() == "all_events" ? "scope" : field->name());
  }
  for (const absl::string_view field : absl::StrSplit(cleared, ',')) {
    if (!absl::c_linear_search(kClearable, field)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--clear: '", field, "' is none of ",
                       absl::StrJoin(kClearable, ", ")));
    }
    if (absl::c_linear_search(mask.paths(), field)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--clear: '", field, "' is also set, or named twice"));
    }
    mask.add_paths(std::string(field));
  }
  return absl::OkStatus();
}

absl::Status UpdateWebhook(Session& session) {
  v1::UpdateWebhookRequest request;
  const Options& options = session.options;
  if (options.active) request.set_active(*options.active);
  absl::Status filled = Fill(options, request);
  if (filled.ok() && options.clear) filled = SetMask(*options.clear, request);
  if (!filled.ok()) return filled;
  if (request.ByteSizeLong() == 0) return NothingToChange();
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::Webhook>(
                         "webhooks.v1.WebhookService/Update", request));
}

absl::Status DeleteWebhook(Session& session) {
  v1::DeleteWebhookRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::Webhook>(
                         "webhooks.v1.WebhookService/Delete", request));
}

absl::Status RotateSecretWebhook(Session& session) {
  v1::RotateWebhookSecretRequest request;
  request.set_id(session.arguments[0]);
  request.set_request_id(NewRequestId());
  if (session.options.overlap) {
    *request.mutable_overlap() = ToProtoDuration(*session.options.overlap);
  }
  return PrintResult(session,
                     session.client.Call<v1::Webhook>(
                         "webhooks.v1.WebhookService/RotateSecret", request));
}

}  // namespace

std::vector<Command> WebhookCommands() {
  return {
      {"webhook list",
       "",
       {"active", "event_type", "url", "limit"},
       "Lists the webhooks of the key's project.",
       &ListWebhooks},
      {"webhook get", "WEBHOOK", {}, "Shows one webhook.", &GetWebhook},
      {"webhook create",
       "",
       {"url", "description", "scope", "all_events", "delivery"},
       "Registers a webhook.",
       &CreateWebhook},
      {"webhook update",
       "WEBHOOK",
       {"active", "url", "description", "scope", "all_events", "delivery",
        "clear"},
       "Changes a webhook, for example activates or deactivates it.",
       &UpdateWebhook},
      {"webhook delete", "WEBHOOK", {}, "Removes a webhook.", &DeleteWebhook},
      {"webhook rotate-secret",
       "WEBHOOK",
       {"overlap"},
       "Gives a webhook a new secret.",
       &RotateSecretWebhook},
  };
}

}  // namespace webhooks::ctl

#include "tests/support/records.h"

#include "server/call/api_key.h"
#include "server/runtime/entropy.h"
#include "storage/uuid.h"

namespace webhooks::testing {
namespace {

// 2024-10-01T12:00:00.123Z
google::protobuf::Timestamp SomeTime() {
  google::protobuf::Timestamp time;
  time.set_seconds(1727784000);
  time.set_nanos(123'000'000);
  return time;
}

}  // namespace

std::string NewId() {
  SystemEntropy entropy;
  return FormatUuid(
      MakeUuidV7(absl::FromUnixSeconds(1727784000), entropy.Bytes<10>()));
}

ProjectAndKey MakeProject() {
  SystemEntropy entropy;
  const std::string api_key = server::MakeApiKey(entropy);
  ProjectAndKey made;
  made.project.set_id_project(NewId());
  made.project.set_name("acme");
  *made.project.mutable_created_at() = SomeTime();
  made.key.set_id_api_key(NewId());
  made.key.set_id_project(made.project.id_project());
  made.key.set_name("production");
  made.key.set_prefix(server::ApiKeyPrefix(api_key));
  *made.key.mutable_created_at() = SomeTime();
  made.hash = server::HashApiKey(api_key);
  return made;
}

v1::Webhook MakeWebhook(const std::string& project) {
  v1::Webhook webhook;
  webhook.set_id_webhook_endpoint(NewId());
  webhook.set_endpoint_description("Webhook to receive connection events");
  webhook.set_url("https://acme.com/webhook_receiver");
  webhook.set_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  webhook.set_active(true);
  *webhook.mutable_created_at() = SomeTime();
  webhook.add_scope("connection.created");
  webhook.add_scope("crm.contact.updated");
  webhook.set_id_project(project);
  *webhook.mutable_last_update() = SomeTime();
  return webhook;
}

}  // namespace webhooks::testing

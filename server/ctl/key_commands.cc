#include "absl/time/clock.h"
#include "proto/time.h"
#include "server/ctl/command.h"
#include "server/ctl/lists.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks::ctl {
namespace {

absl::Status CreateKey(Session& session) {
  v1::CreateApiKeyRequest request;
  request.set_id_project(session.arguments[0]);
  request.set_name(session.arguments[1]);
  request.set_request_id(NewRequestId());
  if (session.options.expires_in) {
    *request.mutable_expires_at() =
        ToTimestamp(absl::Now() + *session.options.expires_in);
  }
  const auto made = session.client.Call<v1::CreateApiKeyResponse>(
      "webhooks.v1.AdminService/CreateApiKey", request);
  if (!made.ok()) return made.status();
  if (session.options.json) return Print(session, *made);
  std::cout << Details(made->api_key()) << "\nkey  " << made->key() << "\n";
  std::cerr << "Keep the key now: nobody can show it again.\n";
  return absl::OkStatus();
}

absl::Status ListKeys(Session& session) {
  v1::ListApiKeysRequest wanted;
  wanted.set_id_project(session.arguments[0]);
  const auto keys = ListAll<v1::ApiKey>(
      session, wanted,
      [&](const auto& request) {
        return session.client.Call<v1::ListApiKeysResponse>(
            "webhooks.v1.AdminService/ListApiKeys", request);
      },
      [](const auto& page) { return page.api_keys(); });
  if (!keys.ok()) return keys.status();
  return PrintRows(session, *keys,
                   {"id_api_key", "name", "prefix", "created_at",
                    "last_used_at", "expires_at", "revoked_at"});
}

absl::Status RevokeKey(Session& session) {
  v1::RevokeApiKeyRequest request;
  request.set_id(session.arguments[0]);
  return PrintResult(session,
                     session.client.Call<v1::ApiKey>(
                         "webhooks.v1.AdminService/RevokeApiKey", request));
}

}  // namespace

std::vector<Command> KeyCommands() {
  return {
      {"key create",
       "PROJECT NAME",
       {"expires_in"},
       "Creates an API key for a project, and shows it only this once.",
       &CreateKey},
      {"key list",
       "PROJECT",
       {"limit"},
       "Lists the API keys of a project.",
       &ListKeys},
      {"key revoke", "KEY_ID", {}, "Revokes an API key.", &RevokeKey},
  };
}

}  // namespace webhooks::ctl

#include "server/ctl/client.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/message.h"
#include "google/rpc/status.pb.h"
#include "proto/rpc/status.h"
#include "server/runtime/entropy.h"
#include "server/runtime/metadata.h"
#include "server/runtime/peer_scope.h"
#include "storage/await.h"
#include "storage/uuid.h"

namespace webhooks::ctl {
namespace {

// A call whose answer was lost may have been performed, so only calls that have
// a request_id or are idempotent are repeated. The first list names the calls
// that are not repeated: removals, which would fail with NOT_FOUND the second
// time, and calls that could have a second effect.
constexpr char kRetries[] = R"json({"methodConfig": [
  {"name": [{"service": "webhooks.v1.WebhookService", "method": "Delete"},
            {"service": "webhooks.v1.AdminService", "method": "DeleteProject"},
            {"service": "webhooks.v1.AdminService",
             "method": "UnbindCertificate"},
            {"service": "webhooks.v1.DeliveryService", "method": "Cancel"},
            {"service": "webhooks.v1.DeliveryService", "method": "Retry"},
            {"service": "webhooks.v1.DeliveryService", "method": "Test"}]},
  {"name": [{}], "retryPolicy": {"maxAttempts": 4, "initialBackoff": "0.1s",
   "maxBackoff": "1s", "backoffMultiplier": 2,
   "retryableStatusCodes": ["UNAVAILABLE"]}}]})json";

std::shared_ptr<grpc::Channel> MakeChannel(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(kRetries);
  // Ignores the proxy of the environment, which is for web traffic.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!options.tls_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls_name);
  }
  const std::optional<TlsMaterial>& tls = options.tls;
  return grpc::CreateCustomChannel(
      options.server,
      tls ? grpc::SslCredentials({tls->authorities, tls->key, tls->certificate})
          : grpc::InsecureChannelCredentials(),
      arguments);
}

}  // namespace

absl::Status StatusOf(const grpc::Status& status, const std::string& server,
                      bool is_plaintext) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status details;
  if (!status.error_details().empty() &&
      details.ParseFromString(status.error_details())) {
    details.set_code(status.error_code());
    return FromRpcStatus(details);
  }
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    // A TLS server closes a connection that does not start a handshake.
    const bool may_want_tls =
        is_plaintext && absl::StrContains(status.error_message(), "closed");
    return absl::UnavailableError(absl::StrCat(
        "cannot reach ", server, ": ", status.error_message(),
        may_want_tls ? "; if the server uses TLS, set --tls_ca" : ""));
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return absl::DeadlineExceededError(
        absl::StrCat(server, " did not answer in time"));
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

std::string NewRequestId() {
  SystemEntropy entropy;
  return FormatUuid(MakeUuidV7(absl::Now(), entropy.Bytes<10>()));
}

Client::Client(const Options& options) : options_(options) {}

absl::Status Client::CheckServer() const {
  if (options_.tls || options_.allow_plaintext ||
      StaysOnThisMachine(options_.server)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--server: ", options_.server,
                   " is not on this machine; set --tls_ca, or "
                   "--allow_plaintext"));
}

absl::Status Client::Perform(const std::string& rpc,
                             const google::protobuf::Message& request,
                             google::protobuf::Message& response) {
  absl::Status may = CheckServer();
  if (!may.ok()) return may;
  if (channel_ == nullptr) channel_ = MakeChannel(options_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options_.timeout));
  if (!options_.key.empty()) context.AddMetadata(kApiKeyMetadata, options_.key);
  if (!project_.empty()) context.AddMetadata(kProjectMetadata, project_);
  using google::protobuf::MessageLite;
  grpc::TemplatedGenericStub<MessageLite, MessageLite> stub(channel_);
  Pending<grpc::Status> status;
  stub.UnaryCall(&context, absl::StrCat("/", rpc), {}, &request, &response,
                 status.Completion());
  return StatusOf(status.Get(), options_.server, !options_.tls);
}

}  // namespace webhooks::ctl

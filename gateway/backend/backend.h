#ifndef WEBHOOKS_GATEWAY_BACKEND_BACKEND_H_
#define WEBHOOKS_GATEWAY_BACKEND_BACKEND_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace webhooks::gateway {

// The gRPC server: sends a request message and returns a response message.
// Thread-safe.
class Backend {
 public:
  struct Call {
    // "/webhooks.v1.WebhookService/Create"
    std::string rpc_path;
    std::vector<std::pair<std::string, std::string>> metadata;
    absl::Duration timeout;
    std::unique_ptr<google::protobuf::Message> request;
    // An empty message of the response type.
    std::unique_ptr<google::protobuf::Message> response;
  };

  struct Reply {
    // The server's status, with its google.rpc details. Errors of the
    // transport: UNAVAILABLE (reason SERVER_UNREACHABLE, CALL_INTERRUPTED) and
    // DEADLINE_EXCEEDED (reason DEADLINE_EXCEEDED). CANCELLED only after a
    // cancellation by the result of Start.
    absl::Status status;
    // The call's `response`; meaningless unless `status` is OK.
    std::unique_ptr<google::protobuf::Message> response;
    // The server's initial metadata.
    std::multimap<std::string, std::string> metadata;
  };

  using Done = absl::AnyInvocable<void(Reply)>;
  using Cancel = absl::AnyInvocable<void()>;

  virtual ~Backend() = default;

  // Starts a call. `done` is called once, perhaps before Start returns, on a
  // thread that it must not block. The returned function cancels the call; it
  // may be called from any thread, and after the call's end.
  virtual Cancel Start(Call call, Done done) = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_BACKEND_BACKEND_H_

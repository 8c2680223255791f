#ifndef WEBHOOKS_SERVER_CALL_CALLS_H_
#define WEBHOOKS_SERVER_CALL_CALLS_H_

#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "server/call/authenticator.h"
#include "server/call/unary_call.h"
#include "storage/errors.h"
#include "storage/store.h"

namespace webhooks::server {

// Who calls, and how long it waits.
struct Caller {
  std::string project;
  CallOptions options;
};

// What stands around every handler: the API key, deadline and cancellation, the
// request id, the log line and the answer. Thread-safe.
class Calls {
 public:
  // `authenticator` must outlive this.
  explicit Calls(Authenticator& authenticator)
      : authenticator_(authenticator) {}

  // Runs `handler` for a caller whose key is good, and answers the call with
  // what it is done with; another caller gets UNAUTHENTICATED (API_KEY_MISSING,
  // API_KEY_INVALID). The handler runs on a thread of gRPC or of the store and
  // must not block; it may complete on any thread. `rpc` is
  // "package.Service/Method" and must outlive the call.
  template <typename Response>
  grpc::ServerUnaryReactor* Unary(
      absl::string_view rpc, grpc::CallbackServerContext* context,
      Response* response,
      absl::AnyInvocable<void(const Caller&, Done<Response>) &&> handler) {
    auto* call = new UnaryCall(rpc, *context);
    if (call->api_key().empty()) {
      call->End(ApiKeyMissing());
      return call;
    }
    authenticator_.Authenticate(
        call->api_key(), call->options(),
        [call, response, handler = std::move(handler)](
            absl::StatusOr<std::string> project) mutable {
          if (!project.ok()) return call->End(project.status());
          call->set_project(*project);
          std::move(handler)(Caller{*std::move(project), call->options()},
                             [call, response](absl::StatusOr<Response> result) {
                               if (result.ok()) *response = *std::move(result);
                               call->End(result.status());
                             });
        });
    return call;
  }

 private:
  Authenticator& authenticator_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALLS_H_

#ifndef WEBHOOKS_SERVER_CALL_CALLS_H_
#define WEBHOOKS_SERVER_CALL_CALLS_H_

#include <memory>
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

  // What is wrong with a request: OK or as of InvalidFields. Must not block.
  template <typename Request>
  using Check = absl::AnyInvocable<absl::Status(const Request&) &&>;

  // Performs a call that is in order, for whoever makes it. The request lives
  // until the completion is called. Runs on a thread of gRPC or of the store
  // and must not block; it may complete on any thread.
  template <typename Request, typename Response>
  using Handler = absl::AnyInvocable<void(const Caller&, const Request&,
                                          Done<Response>) &&>;

  // Answers one call of a raw method (its messages still bytes, so that one
  // which cannot be read is our error and not gRPC's) with what `handler` is
  // done with. Before it comes to that: UNAUTHENTICATED (API_KEY_MISSING,
  // API_KEY_INVALID), INVALID_ARGUMENT (MALFORMED_MESSAGE), and what `check`
  // says, together with what the gateway has found. `rpc` is
  // "package.Service/Method".
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Unary(absl::string_view rpc,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response,
                                  Check<Request> check,
                                  Handler<Request, Response> handler) {
    auto* call = new UnaryCall(rpc, *context, *request, *response,
                               std::make_unique<Request>());
    if (call->api_key().empty()) {
      call->Fail(ApiKeyMissing());
      return call;
    }
    authenticator_.Authenticate(
        call->api_key(), call->options(),
        [call, check = std::move(check), handler = std::move(handler)](
            absl::StatusOr<std::string> project) mutable {
          if (!project.ok()) return call->Fail(project.status());
          call->SetProject(*project);
          if (absl::Status read = call->Read(); !read.ok()) {
            return call->Fail(read);
          }
          const auto& request = static_cast<const Request&>(call->request());
          absl::Status good = call->Judge(std::move(check)(request));
          if (!good.ok()) return call->Fail(good);
          std::move(handler)(Caller{*std::move(project), call->options()},
                             request,
                             [call](const absl::StatusOr<Response>& result) {
                               if (!result.ok())
                                 return call->Fail(result.status());
                               call->Succeed(*result);
                             });
        });
    return call;
  }

 private:
  Authenticator& authenticator_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALLS_H_

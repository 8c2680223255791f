#ifndef WEBHOOKS_SERVER_CALL_CALLS_H_
#define WEBHOOKS_SERVER_CALL_CALLS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "server/call/admission.h"
#include "server/call/call_observer.h"
#include "server/call/clock.h"
#include "server/call/once.h"
#include "server/call/unary_call.h"
#include "storage/call.h"
#include "storage/errors.h"

namespace webhooks::server {

// Who calls, and how long it waits.
struct Caller {
  // "" for an administrator.
  std::string project;
  CallOptions options;
};

// What stands around every handler: the key, deadline and cancellation, the
// request id, the log line, the metrics and the answer. Thread-safe.
class Calls {
 public:
  // `admission` and `observer` must outlive this.
  Calls(Admission& admission, Clock clock, CallObserver& observer)
      : admission_(admission), clock_(std::move(clock)), observer_(observer) {}

  // Who is told of calls that are not unary.
  CallObserver& observer() const { return observer_; }

  // What is wrong with a request: OK or as of InvalidFields. Must not block.
  template <typename Request>
  using Check = absl::AnyInvocable<absl::Status(const Request&) &&>;

  // The check of requests that are in order whatever they hold.
  static absl::Status Anything(const google::protobuf::Message&) {
    return absl::OkStatus();
  }

  // Performs a call that is in order, for whoever makes it. The request lives
  // until the completion is called. Runs on a thread of gRPC or of the store
  // and must not block; it may complete on any thread.
  template <typename Request, typename Response>
  using Handler = absl::AnyInvocable<void(const Caller&, const Request&,
                                          Done<Response>) &&>;

  // As Handler, of a call that creates.
  template <typename Request, typename Response>
  using OnceHandler = absl::AnyInvocable<void(const Caller&, const Request&,
                                              const std::optional<Idempotency>&,
                                              Done<Created<Response>>) &&>;

  // Answers one call of a raw method (its messages still bytes, so that one
  // which cannot be read is our error and not gRPC's) with what `handler` is
  // done with. Before it comes to that: UNAUTHENTICATED (API_KEY_MISSING) and
  // what the admission says, INVALID_ARGUMENT (MALFORMED_MESSAGE), and what
  // `check` says, together with what the gateway has found. `rpc` is
  // "package.Service/Method".
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* Unary(absl::string_view rpc,
                                  grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response,
                                  Check<Request> check,
                                  Handler<Request, Response> handler) {
    auto* call = new UnaryCall(rpc, *context, *request, *response,
                               std::make_unique<Request>(), observer_);
    Begin<Request>(call, std::move(check),
                   [call, handler = std::move(handler)](
                       const Caller& caller, const Request& read) mutable {
                     std::move(handler)(
                         caller, read,
                         [call](const absl::StatusOr<Response>& result) {
                           if (!result.ok()) return call->Fail(result.status());
                           call->Succeed(*result);
                         });
                   });
    return call;
  }

  // As Unary, of a call whose request has a request_id.
  template <typename Request, typename Response>
  grpc::ServerUnaryReactor* UnaryOnce(absl::string_view rpc,
                                      grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response,
                                      Check<Request> check,
                                      OnceHandler<Request, Response> handler) {
    auto* call = new UnaryCall(rpc, *context, *request, *response,
                               std::make_unique<Request>(), observer_);
    Begin<Request>(
        call, std::move(check),
        [this, call, rpc, handler = std::move(handler)](
            const Caller& caller, const Request& read) mutable {
          std::move(handler)(
              caller, read, OnceOf(caller.project, rpc, read, clock_()),
              [call](const absl::StatusOr<Created<Response>>& result) {
                if (!result.ok()) return call->Fail(result.status());
                if (result->replayed) call->MarkReplayed();
                call->Succeed(result->answer);
              });
        });
    return call;
  }

 private:
  template <typename Request>
  using Perform = absl::AnyInvocable<void(const Caller&, const Request&) &&>;

  // Performs the call if it is in order, else answers it.
  template <typename Request>
  void Begin(UnaryCall* call, Check<Request> check, Perform<Request> perform) {
    if (call->api_key().empty()) return call->Fail(ApiKeyMissing());
    admission_.Admit(
        call->api_key(), call->options(),
        [call, check = std::move(check), perform = std::move(perform)](
            absl::StatusOr<std::string> project) mutable {
          if (!project.ok()) return call->Fail(project.status());
          call->SetProject(*project);
          if (absl::Status read = call->Read(); !read.ok()) {
            return call->Fail(read);
          }
          const auto& request = static_cast<const Request&>(call->request());
          absl::Status good = call->Judge(std::move(check)(request));
          if (!good.ok()) return call->Fail(good);
          std::move(perform)(Caller{*std::move(project), call->options()},
                             request);
        });
  }

  Admission& admission_;
  const Clock clock_;
  CallObserver& observer_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALLS_H_

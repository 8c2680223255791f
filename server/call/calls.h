#ifndef WEBHOOKS_SERVER_CALL_CALLS_H_
#define WEBHOOKS_SERVER_CALL_CALLS_H_

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "server/call/admission.h"
#include "server/call/call_load.h"
#include "server/call/call_observer.h"
#include "server/call/methods.h"
#include "server/call/once.h"
#include "server/call/request_timeouts.h"
#include "server/call/unary_call.h"
#include "server/runtime/clock.h"
#include "storage/call.h"
#include "storage/idempotency.h"

namespace webhooks::server {

// The caller's project, and the deadline and cancellation of the call.
struct Caller {
  // "" for an administrator.
  std::string project;
  CallOptions options;
};

// Runs handlers: authenticates the caller, reads and checks the request,
// applies the deadline and cancellation, answers, and writes the log line and
// the metrics. Thread-safe.
class Calls {
 public:
  // All references must outlive this.
  Calls(Admission& admission, Clock clock, RequestTimeouts& timeouts,
        CallObserver& observer)
      : admission_(admission),
        clock_(std::move(clock)),
        timeouts_(timeouts),
        observer_(observer) {}

  // Returns the observer, for calls that are not unary.
  CallObserver& observer() const { return observer_; }

  // Checks a request: returns OK, or the error of InvalidFields. Must not
  // block. Unary also takes a check with the signature (const Caller&, const
  // Request&).
  template <typename Request>
  using Check = absl::AnyInvocable<absl::Status(const Request&) &&>;

  // Checks a request that may repeat an earlier one. A repeat may break rules
  // that have changed since its original was accepted. So an error of `check`
  // does not apply to a repeat if `always`, the check of the rules that never
  // change, is set and returns OK.
  template <typename Request>
  struct OnceCheck {
    Check<Request> check;
    Check<Request> always = nullptr;
  };

  // A check without rules.
  static absl::Status AcceptAny(const google::protobuf::Message&) {
    return absl::OkStatus();
  }

  // Performs an admitted call with a valid request. The request lives until the
  // completion is called. Runs on a thread of gRPC or of the store and must not
  // block; may complete on any thread.
  template <typename Request, typename Response>
  using Handler = absl::AnyInvocable<void(const Caller&, const Request&,
                                          Done<Response>) &&>;

  // Performs a call with a request_id; see Idempotency.
  template <typename Request, typename Response>
  using OnceHandler = absl::AnyInvocable<void(const Caller&, const Request&,
                                              const std::optional<Idempotency>&,
                                              Done<Created<Response>>) &&>;

  // Answers a call with the result of `handler`, or with the error of the
  // admission, of UnaryCall::Read or of `check`. Reads the request only after
  // the call is admitted.
  template <typename Request, typename Response, typename Checker>
  CallReactor* Unary(CallContext& context, Checker check,
                     Handler<Request, Response> handler) {
    auto* call = new UnaryCall(context, std::make_unique<Request>(), timeouts_,
                               observer_, &load_);
    Admit<Request>(
        call, [call, check = std::move(check), handler = std::move(handler)](
                  const Caller& caller, const Request& read) mutable {
          absl::Status good = RunCheck(std::move(check), caller, read);
          if (!good.ok()) return call->Fail(good);
          std::move(handler)(caller, read,
                             [call](const absl::StatusOr<Response>& result) {
                               if (!result.ok()) {
                                 return call->Fail(result.status());
                               }
                               call->Succeed(*result);
                             });
        });
    return call;
  }

  // Like Unary, for a call whose request has a request_id.
  template <typename Request, typename Response>
  CallReactor* UnaryOnce(CallContext& context, OnceCheck<Request> check,
                         OnceHandler<Request, Response> handler) {
    auto* call = new UnaryCall(context, std::make_unique<Request>(), timeouts_,
                               observer_, &load_);
    Admit<Request>(
        call,
        [this, call, check = std::move(check), handler = std::move(handler)](
            const Caller& caller, const Request& read) mutable {
          absl::Status good = std::move(check.check)(read);
          if (!good.ok() && !MayBeRepeat(std::move(check.always), read)) {
            return call->Fail(good);
          }
          auto idempotency =
              IdempotencyOf(caller.project, call->rpc(), read, clock_());
          if (idempotency) idempotency->status_if_new = std::move(good);
          std::move(handler)(
              caller, read, idempotency,
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

  template <typename Checker, typename Request>
  static absl::Status RunCheck(Checker&& check, const Caller& caller,
                               const Request& read) {
    if constexpr (std::is_invocable_v<Checker&&, const Caller&,
                                      const Request&>) {
      return std::forward<Checker>(check)(caller, read);
    } else {
      return std::forward<Checker>(check)(read);
    }
  }

  // Returns true if a request that `check` refuses may repeat a valid one.
  template <typename Request>
  static bool MayBeRepeat(Check<Request> always, const Request& read) {
    return always != nullptr && !read.request_id().empty() &&
           std::move(always)(read).ok();
  }

  // Admits the call, reads its request and calls `perform`; else fails the
  // call.
  template <typename Request>
  void Admit(UnaryCall* call, Perform<Request> perform) {
    admission_.Admit(
        call->credentials(), call->options(),
        [call, perform = std::move(perform)](Decision decision) mutable {
          call->SetDecision(decision);
          if (!decision.status.ok()) {
            return call->Fail(decision.status);
          }
          call->Read([call, project = std::move(decision.project),
                      perform = std::move(perform)](
                         const google::protobuf::Message& request) mutable {
            std::move(perform)(Caller{std::move(project), call->options()},
                               static_cast<const Request&>(request));
          });
        });
  }

  Admission& admission_;
  const Clock clock_;
  RequestTimeouts& timeouts_;
  CallLoad load_;
  CallObserver& observer_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CALLS_H_

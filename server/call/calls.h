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

// The sender of a call, with its deadline and cancellation.
struct Caller {
  // "" for an administrator.
  std::string project;
  CallOptions options;
};

// Does what every handler needs around it: the key, deadline and cancellation,
// the request id, the log line, the metrics and the answer. Thread-safe.
class Calls {
 public:
  // All but the clock must outlive this.
  Calls(Admission& admission, Clock clock, RequestTimeouts& timeouts,
        CallObserver& observer)
      : admission_(admission),
        clock_(std::move(clock)),
        timeouts_(timeouts),
        observer_(observer) {}

  // Returns the observer, for calls that are not unary.
  CallObserver& observer() const { return observer_; }

  // Finds what is wrong with a request: OK, or the error of InvalidFields. Must
  // not block. Unary also takes a check that needs the caller: (const Caller&,
  // const Request&).
  template <typename Request>
  using Check = absl::AnyInvocable<absl::Status(const Request&) &&>;

  // Finds what is wrong with a request that may be a repeat. `always`, if it is
  // set, finds what neither time nor configuration can make right; what else
  // `check` finds refuses a request only if it repeats none that was performed.
  template <typename Request>
  struct OnceCheck {
    Check<Request> check;
    Check<Request> always = nullptr;
  };

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

  // A Handler of a call that creates.
  template <typename Request, typename Response>
  using OnceHandler = absl::AnyInvocable<void(const Caller&, const Request&,
                                              const std::optional<Idempotency>&,
                                              Done<Created<Response>>) &&>;

  // Answers one call with what `handler` is done with. Before it comes to that:
  // what the admission says, what UnaryCall::Read says, and what `check` says.
  // The request is read once the call is admitted.
  template <typename Request, typename Response, typename Checker>
  CallReactor* Unary(CallContext& context, Checker check,
                     Handler<Request, Response> handler) {
    auto* call = new UnaryCall(context, std::make_unique<Request>(), timeouts_,
                               observer_, &load_);
    Begin<Request>(
        call, [call, check = std::move(check), handler = std::move(handler)](
                  const Caller& caller, const Request& read) mutable {
          absl::Status good = Found(std::move(check), caller, read);
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

  // Does the same as Unary for a call whose request has a request_id.
  template <typename Request, typename Response>
  CallReactor* UnaryOnce(CallContext& context, OnceCheck<Request> check,
                         OnceHandler<Request, Response> handler) {
    auto* call = new UnaryCall(context, std::make_unique<Request>(), timeouts_,
                               observer_, &load_);
    Begin<Request>(
        call,
        [this, call, check = std::move(check), handler = std::move(handler)](
            const Caller& caller, const Request& read) mutable {
          absl::Status good = std::move(check.check)(read);
          if (!good.ok() && !MayRepeat(std::move(check.always), read)) {
            return call->Fail(good);
          }
          auto once = OnceOf(caller.project, call->rpc(), read, clock_());
          if (once) once->otherwise = std::move(good);
          std::move(handler)(
              caller, read, once,
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
  static absl::Status Found(Checker&& check, const Caller& caller,
                            const Request& read) {
    if constexpr (std::is_invocable_v<Checker&&, const Caller&,
                                      const Request&>) {
      return std::forward<Checker>(check)(caller, read);
    } else {
      return std::forward<Checker>(check)(read);
    }
  }

  // Returns true if a request that has faults may still repeat one that had
  // none.
  template <typename Request>
  static bool MayRepeat(Check<Request> always, const Request& read) {
    return always != nullptr && !read.request_id().empty() &&
           std::move(always)(read).ok();
  }

  // Performs the call of one who may make it, with what can be read; else
  // answers it.
  template <typename Request>
  void Begin(UnaryCall* call, Perform<Request> perform) {
    admission_.Admit(
        call->credentials(), call->options(),
        [call, perform = std::move(perform)](Decision decision) mutable {
          call->Take(decision);
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

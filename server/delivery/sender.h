#ifndef WEBHOOKS_SERVER_DELIVERY_SENDER_H_
#define WEBHOOKS_SERVER_DELIVERY_SENDER_H_

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "webhooks/v1/delivery.pb.h"

namespace webhooks::server {

// One POST.
struct HttpRequest {
  std::string url;
  // "name: value"
  std::vector<std::string> headers;
  std::string body;
  // For all of it.
  absl::Duration timeout;
};

// The outcome of a request.
struct HttpOutcome {
  // All but the number.
  v1::Attempt attempt;
  // The answer's Retry-After; "": it had none.
  std::string retry_after;
  // It was given up because the sender stops: whether the receiver got it is
  // not known.
  bool is_abandoned = false;
  // Nothing was sent, as this process is out of open files: it says nothing of
  // the receiver.
  bool is_out_of_files = false;
};

// Sends requests, many at the same time. Thread-safe.
class Sender {
 public:
  using Done = absl::AnyInvocable<void(HttpOutcome) &&>;

  virtual ~Sender() = default;

  // Calls `done` exactly once, on a thread of the sender; it must not block.
  virtual void Send(HttpRequest request, Done done) = 0;

  // Ends what is in flight, and all that is sent from now on, as abandoned.
  virtual void Abandon() = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SENDER_H_

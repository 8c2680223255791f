#ifndef WEBHOOKS_SERVER_DELIVERY_SENDER_H_
#define WEBHOOKS_SERVER_DELIVERY_SENDER_H_

#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "webhooks/v1/delivery.pb.h"

namespace webhooks::server {

// A POST request.
struct HttpRequest {
  std::string url;
  // Each is "name: value".
  std::vector<std::string> headers;
  std::string body;
  // The limit for the whole request, from the name look-up to the end of the
  // response.
  absl::Duration timeout;
};

// The outcome of a request.
struct HttpOutcome {
  // Complete except for the number.
  v1::Attempt attempt;
  // The Retry-After of the response; "" if it had none.
  std::string retry_after;
  // The request was abandoned because the sender stops. The receiver may or may
  // not have got it.
  bool is_abandoned = false;
  // The request was not sent because this process has reached its limit of open
  // files. Says nothing about the receiver.
  bool is_out_of_files = false;
};

// Sends HTTP requests concurrently. Thread-safe.
class Sender {
 public:
  using Done = absl::AnyInvocable<void(HttpOutcome) &&>;

  virtual ~Sender() = default;

  // Calls `done` exactly once, on a thread of the sender. `done` must not
  // block.
  virtual void Send(HttpRequest request, Done done) = 0;

  // Abandons the requests in flight and all later ones.
  virtual void Abandon() = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_SENDER_H_

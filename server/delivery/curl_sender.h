#ifndef WEBHOOKS_SERVER_DELIVERY_CURL_SENDER_H_
#define WEBHOOKS_SERVER_DELIVERY_CURL_SENDER_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/delivery/sender.h"
#include "server/delivery/target_guard.h"
#include "server/runtime/clock.h"

namespace webhooks::server {

class CurlLoop;

// Sends requests over HTTP/1.1 and TLS with libcurl, on its own thread. Does
// not follow redirects or use proxies, and sends nothing to an address that the
// guard refuses. The process must ignore SIGPIPE.
//
// Once the final header section of a response is complete, its status decides
// the outcome; a later error only adds a note to the attempt. Reads up to 64
// KiB of a body and keeps 16 KiB. The headers may have 32 KiB.
//
// A connection is reused only if it has no unread bytes and the receiver has
// not closed it. If a request fails on a reused connection before the first
// byte of a response, it is sent once more on a new connection, within the rest
// of its timeout.
class CurlSender final : public Sender {
 public:
  struct Options {
    TargetGuard guard{{}};
    absl::Duration connect_timeout = absl::Seconds(5);
    // A connection that is older, or has been idle for longer, is not reused.
    // Whole seconds.
    absl::Duration connection_max_age = absl::Seconds(60);
    absl::Duration connection_max_idle = absl::Seconds(30);
    // A PEM file with the trusted certificate authorities; "" for those of the
    // system.
    std::string ca_file;
    // For tests: returns the address of a host name, or "" to use the system's
    // resolver. May be null.
    std::function<std::string(const std::string& host)> resolve;
  };

  CurlSender(Options options, Clock clock);

  // Abandons the requests in flight.
  ~CurlSender() override;

  void Send(HttpRequest request, Done done) override;
  void Abandon() override;

 private:
  const std::unique_ptr<CurlLoop> loop_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_SENDER_H_

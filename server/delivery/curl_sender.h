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

// Sends over HTTP/1.1 and TLS with libcurl, on a thread of its own. Redirects
// are not followed, proxies not used, and nothing is sent to an address that
// the guard does not allow. The process must ignore SIGPIPE.
//
// Once the final header section of an answer is complete, its status decides;
// trouble with the body is noted. 16 KiB of a body are kept, and 64 KiB read.
// Headers may have 32 KiB.
//
// A connection is used again only if nothing is unread on it and the receiver
// has not closed it. A request that fails on such a connection before any byte
// of an answer is sent once more on a new one, in what is left of its time.
class CurlSender final : public Sender {
 public:
  struct Options {
    TargetGuard guard{{}};
    absl::Duration connect_timeout = absl::Seconds(5);
    // A connection that is as old, or has not been used for as long, is not
    // used again: whole seconds.
    absl::Duration connection_max_age = absl::Seconds(60);
    absl::Duration connection_max_idle = absl::Seconds(30);
    // A PEM file with the authorities that are trusted; "": the system's.
    std::string ca_file;
    // The address to use for a host's name; null or "": the system's resolver
    // says. For tests.
    std::function<std::string(const std::string& host)> resolve;
  };

  CurlSender(Options options, Clock clock);

  // Abandons what is in flight.
  ~CurlSender() override;

  void Send(HttpRequest request, Done done) override;
  void Abandon() override;

 private:
  const std::unique_ptr<CurlLoop> loop_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_SENDER_H_

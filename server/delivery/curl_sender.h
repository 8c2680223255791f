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
#include "server/call/clock.h"
#include "server/delivery/sender.h"
#include "server/delivery/target_guard.h"

namespace webhooks::server {

class CurlLoop;

// Sends over HTTP/1.1 and TLS with libcurl, on a thread of its own; connections
// are kept and used again. Redirects are not followed, proxies not used, and
// nothing is sent to an address that the guard does not allow. 16 KiB of an
// answer's body are kept, and 64 KiB read: then the connection is closed and
// the answer counts as it began. Headers may have 32 KiB. The process must
// ignore SIGPIPE.
class CurlSender final : public Sender {
 public:
  struct Options {
    TargetGuard guard{{}};
    absl::Duration connect_timeout = absl::Seconds(5);
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

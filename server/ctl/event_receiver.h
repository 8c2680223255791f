#ifndef WEBHOOKS_SERVER_CTL_EVENT_RECEIVER_H_
#define WEBHOOKS_SERVER_CTL_EVENT_RECEIVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/ctl/received_events.h"

namespace webhooks::ctl {

// An HTTP server on loopback that receives deliveries.
class EventReceiver {
 public:
  // Binds a free port. UNAVAILABLE if there is none.
  static absl::StatusOr<std::unique_ptr<EventReceiver>> Bind();

  virtual ~EventReceiver() = default;

  virtual int port() const = 0;

  // Receives deliveries on other threads and hands them to `events`, which must
  // outlive this. Accepts but does not hand on a delivery whose body has
  // `example`. At most once.
  virtual void Start(ReceivedEvents& events, std::string example) = 0;

  // Accepts no more deliveries, answers those that have arrived, and ends the
  // threads, which may take as long as the local application does. Later calls
  // do nothing. The destructor does the same.
  virtual void Stop() = 0;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_EVENT_RECEIVER_H_

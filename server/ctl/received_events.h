#ifndef WEBHOOKS_SERVER_CTL_RECEIVED_EVENTS_H_
#define WEBHOOKS_SERVER_CTL_RECEIVED_EVENTS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "server/ctl/local_application.h"

namespace webhooks::ctl {

// Verifies, forwards and prints the events that `webhookctl listen` gets.
// Thread-safe.
class ReceivedEvents {
 public:
  // `secret` is the webhook's. Without an application, events are only printed;
  // with `json`, each as a JSON object on one line.
  ReceivedEvents(std::string secret,
                 std::optional<LocalApplication> application, bool json);

  // Lets events be handled, once. Until then, Handle waits, so that nothing is
  // printed before the start is.
  void Begin() { begun_.Notify(); }

  // Handles an event with the headers of its delivery. Returns the answer: the
  // application's, 502 with the cause if that cannot be reached, 401 if the
  // event is not signed with the secret and so was not forwarded, and 200
  // without an application.
  Answer Handle(const Headers& headers, const std::string& body);

 private:
  bool IsVerified(const Headers& headers, const std::string& body) const;
  std::string Text(
      const Headers& headers, const std::string& body, bool is_verified,
      const std::optional<absl::StatusOr<Answer>>& forwarded) const;
  std::string JsonLine(
      const Headers& headers, const std::string& body, bool is_verified,
      const std::optional<absl::StatusOr<Answer>>& forwarded) const;

  const std::string secret_;
  const std::optional<LocalApplication> application_;
  const bool json_;
  absl::Notification begun_;
  // Held while an event is printed.
  absl::Mutex output_;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_RECEIVED_EVENTS_H_

#ifndef WEBHOOKS_SERVER_CTL_SHORT_IDS_H_
#define WEBHOOKS_SERVER_CTL_SHORT_IDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/ctl/command.h"

// Ids in the short form that tables print: the last twelve characters of the
// UUID, which are random.
namespace webhooks::ctl {

std::string ShortId(absl::string_view id);

// Return the id that `text` stands for: a whole id, or the first or last
// characters of one, at least four. Look for it among the latest 1,000
// deliveries or events, or all webhooks. NOT_FOUND if there is none,
// INVALID_ARGUMENT with the candidates if there are several.
absl::StatusOr<std::string> DeliveryId(Session& session,
                                       const std::string& text);
absl::StatusOr<std::string> EventId(Session& session, const std::string& text);
absl::StatusOr<std::string> WebhookId(Session& session,
                                      const std::string& text);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_SHORT_IDS_H_

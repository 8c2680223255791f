#ifndef WEBHOOKS_SERVER_CTL_SHORT_IDS_H_
#define WEBHOOKS_SERVER_CTL_SHORT_IDS_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/ctl/command.h"

// Ids in the short form that tables print: the last twelve characters of the
// UUID.
namespace webhooks::ctl {

std::string ShortId(absl::string_view id);

// A page of a list of ids.
struct IdPage {
  std::vector<std::string> ids;
  bool is_last = true;
};

// Returns the id of a `kind` ("webhook") that `part` stands for: a whole id, or
// the first or last characters of one, at least four. Asks `next_page` for the
// pages of the list until no other id can fit. NOT_FOUND: none fits.
// INVALID_ARGUMENT: `part` is too short, or several fit, which are listed.
// Errors of `next_page`.
absl::StatusOr<std::string> FindId(
    absl::string_view kind, absl::string_view part,
    absl::FunctionRef<absl::StatusOr<IdPage>()> next_page);

// Return the id of an event or a webhook of the project; errors of FindId.
absl::StatusOr<std::string> EventId(Session& session, const std::string& part);
absl::StatusOr<std::string> WebhookId(Session& session,
                                      const std::string& part);

// Replaces parts of ids by the ids, in the arguments DELIVERY, EVENT and
// WEBHOOK of `command`. Errors of FindId.
absl::Status ResolveIds(const Command& command, Session& session);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_SHORT_IDS_H_

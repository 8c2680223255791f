#include "server/call/foreign_violations.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"
#include "server/runtime/metadata.h"

namespace webhooks::server {

absl::Status AddForeignViolations(absl::string_view entry,
                                  const absl::Status& found) {
  google::rpc::BadRequest all;
  if (!all.ParseFromArray(entry.data(), static_cast<int>(entry.size())) ||
      all.field_violations().empty()) {
    return WithReason(absl::InvalidArgumentError(absl::StrCat(
                          kViolationsKey, " is no list of violations")),
                      "MALFORMED_METADATA");
  }
  return InvalidFields(JoinViolations(std::move(all), ViolationsOf(found)),
                       "INVALID_REQUEST");
}

}  // namespace webhooks::server

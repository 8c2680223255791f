#include "server/call/foreign_violations.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"

namespace webhooks::server {

absl::Status AddForeignViolations(absl::string_view entry,
                                  const absl::Status& found) {
  if (entry.empty()) return found;
  google::rpc::BadRequest all;
  if (!all.ParseFromArray(entry.data(), static_cast<int>(entry.size())) ||
      all.field_violations().empty()) {
    return WithReason(absl::InvalidArgumentError(absl::StrCat(
                          kViolationsKey, " is no list of violations")),
                      "MALFORMED_METADATA");
  }
  absl::flat_hash_set<std::string> fields;
  for (const auto& violation : all.field_violations()) {
    fields.insert(violation.field());
  }
  const google::rpc::BadRequest own = ViolationsOf(found);
  for (const auto& violation : own.field_violations()) {
    if (!fields.contains(violation.field())) {
      *all.add_field_violations() = violation;
    }
  }
  return InvalidFields(all, "INVALID_REQUEST");
}

}  // namespace webhooks::server

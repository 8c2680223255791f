#include "server/call/foreign_violations.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "proto/rpc/status.h"
#include "server/runtime/metadata.h"

namespace webhooks::server {

namespace {

// Whether the request could not be read at all, so that nothing in it is what
// was sent.
bool IsOfAll(const google::rpc::BadRequest& violations) {
  return absl::c_any_of(
      violations.field_violations(),
      [](const auto& violation) { return violation.field().empty(); });
}

}  // namespace

absl::Status AddForeignViolations(absl::string_view entry,
                                  const absl::Status& found) {
  google::rpc::BadRequest all;
  if (!all.ParseFromArray(entry.data(), static_cast<int>(entry.size())) ||
      all.field_violations().empty()) {
    return WithReason(absl::InvalidArgumentError(absl::StrCat(
                          kViolationsKey, " is no list of violations")),
                      "MALFORMED_METADATA");
  }
  if (!IsOfAll(all)) all = JoinViolations(std::move(all), ViolationsOf(found));
  return InvalidFields(all, "INVALID_REQUEST");
}

}  // namespace webhooks::server

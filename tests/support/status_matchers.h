#ifndef WEBHOOKS_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define WEBHOOKS_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"

namespace webhooks::testing {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).code() == code;
}

// Matches the code and the reason of the google.rpc.ErrorInfo.
MATCHER_P2(StatusIs, code, reason, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).code() == code && Reason(StatusOf(arg)) == reason;
}

// Returns the fields of the violations in `status`, in order.
inline std::vector<std::string> ViolatedFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const google::rpc::BadRequest violations = ViolationsOf(status);
  for (const auto& violation : violations.field_violations()) {
    fields.push_back(violation.field());
  }
  return fields;
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_STATUS_MATCHERS_H_

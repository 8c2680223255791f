#ifndef WEBHOOKS_PROTO_RPC_STATUS_H_
#define WEBHOOKS_PROTO_RPC_STATUS_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

// absl::Status with google.rpc details: each detail is a payload with the type
// URL of its message. Errors are made with these functions, are passed as
// absl::Status, and are converted to google.rpc.Status for the wire.
namespace webhooks {

// The domain of every google.rpc.ErrorInfo of this service.
inline constexpr absl::string_view kErrorDomain = "webhooks";

// Adds a google.rpc.ErrorInfo with `reason` (UPPER_SNAKE_CASE, stable: clients
// branch on it) and `metadata`. `status` must not be OK.
absl::Status WithReason(
    absl::Status status, absl::string_view reason,
    std::initializer_list<std::pair<absl::string_view, absl::string_view>>
        metadata = {});

// Adds a google.rpc.RetryInfo: the call may succeed after `delay`. `status`
// must not be OK.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

// Returns INVALID_ARGUMENT with all violations of a request. The message is the
// first violation ("url must be ...") and the number of others. `violations`
// must not be empty.
absl::Status InvalidFields(const google::rpc::BadRequest& violations,
                           absl::string_view reason);

// The greatest number of violations of one request.
inline constexpr int kMaxViolations = 100;

// Adds a violation to `violations`, unless there are kMaxViolations. `field` is
// the path in JSON ("scope[3]"); `description` continues it ("must be ...").
void AddViolation(google::rpc::BadRequest& violations, absl::string_view field,
                  absl::string_view description);

// Returns the ErrorInfo reason of `status`, or "" if it has none.
std::string Reason(const absl::Status& status);

// Returns the violations of a `status` made by InvalidFields; empty for others.
google::rpc::BadRequest ViolationsOf(const absl::Status& status);

// Convert between the two forms of an error. Details are sorted by their type
// URL, so google.rpc.BadRequest comes before google.rpc.ErrorInfo.
google::rpc::Status ToRpcStatus(const absl::Status& status);
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_RPC_STATUS_H_

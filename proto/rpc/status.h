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

// An absl::Status that carries google.rpc details: each detail is a payload
// whose type URL is the message's. Errors are made with these functions,
// travel as absl::Status, and become google.rpc.Status at the edge.
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

// INVALID_ARGUMENT that lists every violation of a request. The message is the
// first violation ("url must be ..."), and says how many more there are.
// `violations` must not be empty.
absl::Status InvalidFields(const google::rpc::BadRequest& violations,
                           absl::string_view reason);

// The most violations that are listed of one request.
inline constexpr int kMaxViolations = 100;

// Adds "field: description" to `violations`, unless they are kMaxViolations
// already. `field` is the path as in JSON ("scope[3]"); `description` continues
// the field's name ("must be ...").
void AddViolation(google::rpc::BadRequest& violations, absl::string_view field,
                  absl::string_view description);

// The ErrorInfo reason of `status`, or "" where it has none.
std::string Reason(const absl::Status& status);

// The violations that `status` lists, as of InvalidFields; none where it has no
// list.
google::rpc::BadRequest ViolationsOf(const absl::Status& status);

// The two forms of the same error. Details are ordered by their type URL, so
// google.rpc.BadRequest stands before google.rpc.ErrorInfo.
google::rpc::Status ToRpcStatus(const absl::Status& status);
absl::Status FromRpcStatus(const google::rpc::Status& status);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_RPC_STATUS_H_

#ifndef WEBHOOKS_SERVER_CALL_ONCE_H_
#define WEBHOOKS_SERVER_CALL_ONCE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "storage/idempotency.h"

namespace webhooks::server {

// Returns the digests by which the store recognizes a repeat of this call.
// `key` is made of `project` ("" for administrators) and the request_id.
// `request` is made of `rpc` and all other fields, except flags with the option
// true_if_null. Returns nullopt if the request_id is empty. The request must
// have a field request_id.
std::optional<Idempotency> IdempotencyOf(
    const std::string& project, absl::string_view rpc,
    const google::protobuf::Message& request, absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ONCE_H_

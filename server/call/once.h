#ifndef WEBHOOKS_SERVER_CALL_ONCE_H_
#define WEBHOOKS_SERVER_CALL_ONCE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "storage/call.h"

namespace webhooks::server {

// What makes repeats of a call of `rpc` with `request` one, if the request's
// field request_id is not empty: its key is of `project` ("" is administrators)
// and request_id, and its request of the rest.
std::optional<Idempotency> OnceOf(const std::string& project,
                                  absl::string_view rpc,
                                  const google::protobuf::Message& request,
                                  absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ONCE_H_

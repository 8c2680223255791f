#ifndef WEBHOOKS_SERVER_CALL_ONCE_H_
#define WEBHOOKS_SERVER_CALL_ONCE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "storage/idempotency.h"

namespace webhooks::server {

// Returns the key and the request by which a store finds repeats of this call
// of `rpc`: the key is made of `project` ("" for administrators) and the
// request_id, and the request of everything else. Nothing if the request_id is
// empty.
std::optional<Idempotency> OnceOf(const std::string& project,
                                  absl::string_view rpc,
                                  const google::protobuf::Message& request,
                                  absl::Time now);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_ONCE_H_

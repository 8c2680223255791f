#ifndef WEBHOOKS_SERVER_CALL_TIMESTAMP_H_
#define WEBHOOKS_SERVER_CALL_TIMESTAMP_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace webhooks::server {

// `time` as records keep it: to the millisecond, rounded down.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_TIMESTAMP_H_

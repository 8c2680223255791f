#ifndef WEBHOOKS_STORAGE_TIMESTAMP_H_
#define WEBHOOKS_STORAGE_TIMESTAMP_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace webhooks {

// The time to the millisecond, the rest cut off.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_TIMESTAMP_H_

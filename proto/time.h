#ifndef WEBHOOKS_PROTO_TIME_H_
#define WEBHOOKS_PROTO_TIME_H_

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

// Converts times and durations to and from their protobuf messages.
namespace webhooks {

// Returns `time` to the millisecond, rounded towards the past. Records hold
// milliseconds.
google::protobuf::Timestamp ToTimestamp(absl::Time time);

// Returns `timestamp` with all its nanoseconds.
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);

// Returns `duration` to the nanosecond, rounded towards zero.
google::protobuf::Duration ToProtoDuration(absl::Duration duration);

absl::Duration FromProtoDuration(const google::protobuf::Duration& duration);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_TIME_H_

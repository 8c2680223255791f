#ifndef WEBHOOKS_SERVER_SERVICES_FIELD_RULES_H_
#define WEBHOOKS_SERVER_SERVICES_FIELD_RULES_H_

#include <cstddef>
#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/rpc/error_details.pb.h"

// The rules for fields of several requests. Each function adds the faults that
// it finds to `violations`.
namespace webhooks::server {

// Text that people read: at least `least` and at most `most` characters, none
// of them a control character; in several lines, these and tabs may be.
enum class Lines { kOne, kSeveral };
void CheckText(absl::string_view field, absl::string_view text,
               std::size_t least, std::size_t most, Lines lines,
               google::rpc::BadRequest& violations);

// Checks CreateWebhookRequest.request_id and the like.
void CheckRequestId(absl::string_view request_id,
                    google::rpc::BadRequest& violations);

// Checks UpdateWebhookRequest.etag and the like.
void CheckEtagCondition(absl::string_view etag,
                        google::rpc::BadRequest& violations);

// Returns true if `time` is in the range of google.protobuf.Timestamp: the
// years 1 to 9999.
bool IsTimestamp(const google::protobuf::Timestamp& time);

// Returns true if `duration` is in the range of google.protobuf.Duration, and
// `least` to `most`.
bool IsBetween(const google::protobuf::Duration& duration, absl::Duration least,
               absl::Duration most);

// Dot-separated segments of [A-Za-z0-9_], at most 256 characters.
bool IsEventType(absl::string_view text);

// The fields of `change` that its update_mask names, of those `allowed`, as
// AIP-134 has it: all for "*"; those that are set where the mask is empty.
google::protobuf::FieldMask MaskOf(
    const google::protobuf::Message& change,
    const google::protobuf::FieldMask& mask,
    std::initializer_list<absl::string_view> allowed);

// Every path of `mask` must be "*" or one of `allowed`.
void CheckMask(const google::protobuf::FieldMask& mask,
               std::initializer_list<absl::string_view> allowed,
               google::rpc::BadRequest& violations);

// OK without violations. Else as InvalidFields, with the reason that stands for
// the field where all are of one that has one (url: INVALID_URL), and
// INVALID_REQUEST otherwise.
absl::Status ViolationsStatus(const google::rpc::BadRequest& violations);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_FIELD_RULES_H_

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

// Checks for fields that several requests have. Each adds the violations that
// it finds.
namespace webhooks::server {

// Checks a text for people: `min` to `max` characters without control
// characters; line breaks and tabs only if `line_breaks` allows them.
enum class LineBreaks { kForbidden, kAllowed };
void CheckText(absl::string_view field, absl::string_view text, std::size_t min,
               std::size_t max, LineBreaks line_breaks,
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

// Returns true if `duration` is a valid google.protobuf.Duration from `min` to
// `max`.
bool IsBetween(const google::protobuf::Duration& duration, absl::Duration min,
               absl::Duration max);

// Returns true for dot-separated segments of [A-Za-z0-9_], at most 256
// characters.
bool IsEventType(absl::string_view text);

// Returns the fields of `change` that its update_mask names, out of `allowed`
// (AIP-134): all for "*"; those that are set if the mask is empty.
google::protobuf::FieldMask MaskOf(
    const google::protobuf::Message& change,
    const google::protobuf::FieldMask& mask,
    std::initializer_list<absl::string_view> allowed);

// Checks that every path of `mask` is "*" or one of `allowed`.
void CheckMask(const google::protobuf::FieldMask& mask,
               std::initializer_list<absl::string_view> allowed,
               google::rpc::BadRequest& violations);

// Returns OK without violations; else the error of InvalidFields. If all
// violations are of one field that has its own reason, the error has it (for
// example INVALID_URL for url); otherwise INVALID_REQUEST.
absl::Status ViolationsStatus(const google::rpc::BadRequest& violations);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_FIELD_RULES_H_

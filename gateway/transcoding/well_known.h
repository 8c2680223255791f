#ifndef WEBHOOKS_GATEWAY_TRANSCODING_WELL_KNOWN_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_WELL_KNOWN_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"

// The well-known types whose JSON is a string. Read functions return false for
// invalid text, Append functions for a value out of range; the result is
// unspecified then.
namespace webhooks::gateway {

// RFC 3339 in upper case, with 'Z' or an offset and at most 9 fractional
// digits, from year 1 to year 9999 (in UTC). Printed with 'Z' and 0, 3, 6 or 9
// digits.
bool ReadTimestamp(absl::string_view text, google::protobuf::Timestamp& value);
bool AppendTimestamp(const google::protobuf::Timestamp& value,
                     std::string& out);

// "1.5s", at most 315,576,000,000 seconds (10,000 years) either way.
bool ReadDuration(absl::string_view text, google::protobuf::Duration& value);
bool AppendDuration(const google::protobuf::Duration& value, std::string& out);

// Comma-separated field paths. Read in camelCase or with the proto's names;
// printed in camelCase, as the proto3 JSON mapping requires.
bool ReadFieldMask(absl::string_view text, google::protobuf::FieldMask& value);
bool AppendFieldMask(const google::protobuf::FieldMask& value,
                     std::string& out);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_WELL_KNOWN_H_

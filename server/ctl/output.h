#ifndef WEBHOOKS_SERVER_CTL_OUTPUT_H_
#define WEBHOOKS_SERVER_CTL_OUTPUT_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

// Formats messages as text for people and scripts.
namespace webhooks::ctl {

// Makes untrusted text safe for a terminal: escapes control characters as \xNN.
std::string Printable(absl::string_view text);

// Returns the field `name` of `message` as text: times in UTC to the second,
// durations as "1.5s", other messages as JSON, lists comma-separated, lists of
// messages as a line of name=value for each, and "-" if it is unset or empty.
std::string FieldText(const google::protobuf::Message& message,
                      absl::string_view name);

// Returns a table with a column for each field.
std::string Table(const std::vector<const google::protobuf::Message*>& rows,
                  std::initializer_list<absl::string_view> fields);

// Returns a line with name and value for each field of `message`. The fields of
// a nested message are named outer.inner.
std::string Details(const google::protobuf::Message& message);

// Returns the proto3 JSON of `message` on one line, with the proto's field
// names. Inserts raw_json fields as JSON.
std::string Json(const google::protobuf::Message& message);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_OUTPUT_H_

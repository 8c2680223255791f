#ifndef WEBHOOKS_SERVER_CTL_OUTPUT_H_
#define WEBHOOKS_SERVER_CTL_OUTPUT_H_

#include <cstddef>
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

// Returns the rows as lines, with the cells of each column below each other.
std::string Columns(const std::vector<std::vector<std::string>>& rows);

// Returns `text`, safe for a terminal, in at most `width` characters. The last
// one is "…" if something is cut off.
std::string Cut(absl::string_view text, std::size_t width);

// Returns a line with name and value for each field of `message` but `except`.
// The fields of a nested message are named outer.inner.
std::string Details(const google::protobuf::Message& message,
                    absl::string_view except = "");

// Returns the proto3 JSON of `message` on one line, with the proto's field
// names. Inserts raw_json fields as JSON.
std::string Json(const google::protobuf::Message& message);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_OUTPUT_H_

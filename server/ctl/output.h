#ifndef WEBHOOKS_SERVER_CTL_OUTPUT_H_
#define WEBHOOKS_SERVER_CTL_OUTPUT_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

// Messages as text for people and scripts.
namespace webhooks::ctl {

// Text of others, safe for a terminal: control characters as \xNN.
std::string Printable(absl::string_view text);

// The field `name` of `message`: times in UTC to the second, durations as
// "1.5s", other messages as JSON, lists with commas (of messages with a line
// for each: name=value), "-" where it is not set or empty.
std::string FieldText(const google::protobuf::Message& message,
                      absl::string_view name);

// Rows of fields under their names, in columns.
std::string Table(const std::vector<const google::protobuf::Message*>& rows,
                  std::initializer_list<absl::string_view> fields);

// Every field of `message`, a line each: name, value. Those of a message in it
// that is set as outer.inner.
std::string Details(const google::protobuf::Message& message);

// The proto3 JSON of `message`, with the proto's names and without a new line;
// what is marked raw_json stands in it as it is.
std::string Json(const google::protobuf::Message& message);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_OUTPUT_H_

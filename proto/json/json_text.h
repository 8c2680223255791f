#ifndef WEBHOOKS_PROTO_JSON_JSON_TEXT_H_
#define WEBHOOKS_PROTO_JSON_JSON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

// Writes scalars as JSON text (RFC 8259).
namespace webhooks {

// Appends `text` as a quoted string. False: it is not UTF-8, and `out` is
// unchanged.
bool AppendJsonString(absl::string_view text, std::string& out);

// Appends the shortest decimal that parses to `value`; "NaN", "Infinity" and
// "-Infinity" with their quotes, by the proto3 JSON mapping.
void AppendJsonReal(double value, std::string& out);
void AppendJsonReal(float value, std::string& out);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_JSON_TEXT_H_

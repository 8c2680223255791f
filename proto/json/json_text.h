#ifndef WEBHOOKS_PROTO_JSON_JSON_TEXT_H_
#define WEBHOOKS_PROTO_JSON_JSON_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"

// Scalars as JSON text (RFC 8259).
namespace webhooks {

// Appends `text` as a quoted string. False: it is not UTF-8, and `out` is as
// it was.
bool AppendJsonString(absl::string_view text, std::string& out);

// Appends the shortest decimal that reads back as `value`; "NaN", "Infinity"
// and "-Infinity" with their quotes, as the proto3 JSON mapping has them.
void AppendJsonReal(double value, std::string& out);
void AppendJsonReal(float value, std::string& out);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_JSON_TEXT_H_

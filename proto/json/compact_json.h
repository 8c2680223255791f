#ifndef WEBHOOKS_PROTO_JSON_COMPACT_JSON_H_
#define WEBHOOKS_PROTO_JSON_COMPACT_JSON_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks {

// Returns the JSON value `text` without white space and unnecessary escapes,
// with the order of keys and the digits of numbers unchanged. nullopt: `text`
// is not one value in UTF-8 (RFC 8259), is nested deeper than `max_depth`, or
// has an object with a repeated key.
std::optional<std::string> CompactJson(absl::string_view text, int max_depth);

// Returns the reason for which CompactJson returns nullopt, as the description
// of a violation: "must be one JSON value: byte 7 is wrong", with bytes counted
// from 1; "" if there is none.
std::string JsonFault(absl::string_view text, int max_depth);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_COMPACT_JSON_H_

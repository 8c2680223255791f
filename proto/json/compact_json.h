#ifndef WEBHOOKS_PROTO_JSON_COMPACT_JSON_H_
#define WEBHOOKS_PROTO_JSON_COMPACT_JSON_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks {

// The JSON value `text` without white space and needless escapes: keys keep
// their order and numbers their digits. Nothing where `text` is not one value
// in UTF-8 (RFC 8259), has more than `max_depth` containers within each other,
// or an object with the same key twice.
std::optional<std::string> CompactJson(absl::string_view text, int max_depth);

// Returns the fault for which CompactJson returns nothing, for whoever wrote
// `text`: "must be one JSON value: byte 7 is wrong", bytes counted from 1. ""
// where there is none.
std::string JsonFault(absl::string_view text, int max_depth);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_COMPACT_JSON_H_

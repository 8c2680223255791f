#ifndef WEBHOOKS_SERVER_SIGNING_JS_JSON_H_
#define WEBHOOKS_SERVER_SIGNING_JS_JSON_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::server {

// Returns the member `name` of the JSON object `text`, written like
// JavaScript's JSON.stringify(JSON.parse(text)[name]) (ECMA-262, 25.5), so that
// a receiver that parses a body and writes it again gets the same text:
//
// - no white space;
// - numbers as doubles in their shortest form (1.0 is 1, 1e400 is null);
// - keys that are array indexes first, in ascending order, then the others in
//   their order; a repeated key has its last value;
// - only '"', '\' and control characters escaped.
//
// nullopt if `text` is not a JSON object in UTF-8 with at most 64 levels, or
// has no such member.
std::optional<std::string> JsMember(absl::string_view text,
                                    absl::string_view name);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_JS_JSON_H_

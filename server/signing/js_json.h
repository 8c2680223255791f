#ifndef WEBHOOKS_SERVER_SIGNING_JS_JSON_H_
#define WEBHOOKS_SERVER_SIGNING_JS_JSON_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::server {

// The member `name` of the JSON object `text`, written as
// JSON.stringify(JSON.parse(text)[name]) in JavaScript (ECMA-262, 25.5):
// without white space, numbers as doubles in their shortest form (1.0 is 1,
// 1e400 is null), keys that are array indexes first and ascending, the others
// in their order, a key that is repeated with its last value, and only '"', '\'
// and control characters escaped. So a receiver that parses a body and writes
// it again gets the same. Nothing where `text` is no JSON object in UTF-8 of at
// most 64 levels, or has no such member.
std::optional<std::string> JsMember(absl::string_view text,
                                    absl::string_view name);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_JS_JSON_H_

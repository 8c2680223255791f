#ifndef WEBHOOKS_GATEWAY_TRANSCODING_JSON_PARSER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_JSON_PARSER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/json_reader.h"

namespace webhooks::gateway {

// Containers within each other that a text may have.
inline constexpr int kMaxJsonDepth = 64;

// Gives the events of `text`, which must be one JSON value in UTF-8, to
// `reader`. INVALID_ARGUMENT, reason MALFORMED_JSON: it is not, or it is too
// deep; metadata "byte" tells where.
absl::Status ParseJson(absl::string_view text, JsonReader& reader);

// Whether ParseJson would end OK.
bool IsJson(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_JSON_PARSER_H_

#ifndef WEBHOOKS_GATEWAY_TRANSCODING_JSON_PARSER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_JSON_PARSER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/json_reader.h"

namespace webhooks::gateway {

// Containers within each other that a text may have.
inline constexpr int kMaxJsonDepth = 64;

// Gives the events of a text, which must be one JSON value in UTF-8, to a
// reader.
class JsonParser {
 public:
  // `reader` must outlive this.
  explicit JsonParser(JsonReader& reader);
  ~JsonParser();

  // Reads the next part of the text, as far as the reader wants it.
  // INVALID_ARGUMENT (MALFORMED_JSON): the text is not JSON, or too deep, or
  // has a number that no reader of JSON need take; metadata "byte" tells where.
  absl::Status Read(absl::string_view part, bool is_last);

 private:
  struct State;

  const std::unique_ptr<State> state_;
};

// Returns true if `text` is one JSON value that JsonParser would read.
bool IsJson(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_JSON_PARSER_H_

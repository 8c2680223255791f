#ifndef WEBHOOKS_PROTO_JSON_JSON_PARSER_H_
#define WEBHOOKS_PROTO_JSON_JSON_PARSER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "proto/json/json_sink.h"

namespace webhooks {

// Parses one JSON value in UTF-8 (RFC 8259) and passes its events to a sink.
// The text may come in parts. Numbers are passed as text, without rounding.
class JsonParser {
 public:
  enum class Error {
    kNone,
    // The sink returned false.
    kStopped,
    // More than `max_depth` containers within each other.
    kTooDeep,
    // An exponent of a number beyond 31 bits.
    kExponentOverflow,
    // The last part ends before the value does.
    kIncomplete,
    // The value is followed by more text.
    kExtraText,
    kSyntax,
  };

  // `sink` must outlive this.
  JsonParser(JsonSink& sink, int max_depth);
  ~JsonParser();

  // Parses the next part of the text. Returns false after an error (see
  // error()); then it must not be called again.
  bool Parse(absl::string_view part, bool is_last);

  Error error() const;
  // Returns the offset at which parsing stopped, in all parts.
  std::size_t byte() const;
  // Returns a description of a syntax error or of an incomplete value.
  std::string message() const;

 private:
  class Handler;
  struct State;
  const std::unique_ptr<State> state_;
};

// Returns true if `text` is one JSON value of at most `max_depth` levels.
bool IsJson(absl::string_view text, int max_depth);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_JSON_PARSER_H_

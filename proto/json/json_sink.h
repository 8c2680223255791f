#ifndef WEBHOOKS_PROTO_JSON_JSON_SINK_H_
#define WEBHOOKS_PROTO_JSON_JSON_SINK_H_

#include "absl/strings/string_view.h"

namespace webhooks {

// A JSON scalar as it was written.
struct JsonScalar {
  enum class Kind {
    kString,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    // Text of a path, a query or a key, which may stand for any of the above. A
    // JsonParser does not produce it.
    kText,
  };
  Kind kind;
  // Of a string, decoded; of a number, as written.
  absl::string_view text = {};
};

// Receives the events of one well-formed JSON value, in their order. A function
// returns false to stop the parser. This class ignores every event; others
// override the functions.
class JsonSink {
 public:
  virtual ~JsonSink() = default;
  virtual bool BeginObject() { return true; }
  virtual bool EndObject() { return true; }
  virtual bool BeginArray() { return true; }
  virtual bool EndArray() { return true; }
  virtual bool Key(absl::string_view /*key*/) { return true; }
  virtual bool Value(const JsonScalar& /*scalar*/) { return true; }
};

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_JSON_SINK_H_

#ifndef WEBHOOKS_GATEWAY_TRANSCODING_JSON_READER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_JSON_READER_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_sink.h"
#include "gateway/transcoding/sink_stack.h"
#include "gateway/transcoding/violations.h"
#include "google/protobuf/message.h"
#include "proto/json/json_parser.h"
#include "proto/json/json_sink.h"

namespace webhooks::gateway {

// Fills the body's part of a request message from JSON text. Everything that is
// wrong with a value is a violation, and reading continues after that value, so
// one reading finds all violations.
class JsonReader : private JsonSink {
 public:
  // All arguments must outlive the reader.
  JsonReader(const Binding& binding, google::protobuf::Message& request,
             Violations& violations);

  // Reads the next part of the text, unless the reader is full.
  // INVALID_ARGUMENT, reason MALFORMED_JSON: the text is not JSON, is nested
  // too deeply, or has an exponent beyond 31 bits; metadata "byte" is the
  // offset.
  absl::Status Read(absl::string_view part, bool is_last);

  // Call this instead of Read if there is no body. Reports required keys.
  void ReadAbsent() { message_.ReadAbsent(); }

  // Returns true if no more text is needed: no further violation would be kept,
  // or a list of messages has more elements than its option max_items permits,
  // each of which would cost memory.
  bool is_full() const {
    return message_.is_too_long() || !violations_.HasRoom();
  }

 private:
  bool BeginObject() override;
  bool EndObject() override;
  bool BeginArray() override;
  bool EndArray() override;
  bool Key(absl::string_view key) override;
  bool Value(const JsonScalar& scalar) override;

  const Violations& violations_;
  SinkStack sinks_;
  MessageSink message_;
  JsonParser parser_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_JSON_READER_H_

#ifndef WEBHOOKS_GATEWAY_TRANSCODING_EVENT_TAPE_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_EVENT_TAPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/transcoding/field_value.h"

namespace webhooks::gateway {

// The JSON events of one object, kept to be read again. A google.protobuf.Any
// needs it: its "@type", which says how to read it, may stand anywhere in it.
class EventTape {
 public:
  enum class Kind : uint8_t {
    kBeginObject,
    kEndObject,
    kBeginArray,
    kEndArray,
    kKey,
    kScalar
  };

  // Returns true if the object that was begun has not ended.
  bool recording() const { return !open_.empty(); }
  void Begin(Kind kind);
  void End(Kind kind);
  void Key(absl::string_view key) { AddText(Kind::kKey, {}, key); }
  void Value(const Scalar& scalar) {
    AddText(Kind::kScalar, scalar.kind, scalar.text);
  }
  void Clear();

  size_t size() const { return events_.size(); }
  Kind kind(size_t at) const { return events_[at].kind; }
  // Of a key; of a scalar, as it was sent.
  absl::string_view text(size_t at) const;
  Scalar scalar(size_t at) const { return {events_[at].scalar, text(at)}; }

  // Returns true if the object that begins at `at` has no keys.
  bool IsEmptyObject(size_t at) const { return events_[at].end == at + 1; }
  // The string under "@type" of the object that begins at `at`. It costs one
  // step for each of the object's own keys, whatever they hold.
  std::optional<absl::string_view> TypeUrl(size_t at) const;

 private:
  struct Event {
    Kind kind;
    Scalar::Kind scalar;
    // Of its text in text_.
    size_t offset;
    size_t size;
    // Of a begin: where its end stands.
    size_t end;
  };

  void AddText(Kind kind, Scalar::Kind scalar, absl::string_view text);

  std::vector<Event> events_;
  std::vector<size_t> open_;
  std::string text_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_EVENT_TAPE_H_

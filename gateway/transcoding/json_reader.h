#ifndef WEBHOOKS_GATEWAY_TRANSCODING_JSON_READER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_JSON_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/event_tape.h"
#include "gateway/transcoding/field_value.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/raw_json.h"
#include "gateway/transcoding/violations.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace webhooks::gateway {

// Fills the body's part of a request message from the events of well-formed
// JSON, in their order. What offends is a violation and is passed over, so one
// reading finds everything that is wrong.
class JsonReader {
 public:
  // All arguments must outlive the reader.
  JsonReader(const Binding& binding, google::protobuf::Message& request,
             Violations& violations);

  void BeginObject();
  void EndObject();
  void BeginArray();
  void EndArray();
  void Key(absl::string_view key);
  void Value(const Scalar& scalar);

  // Instead of any event: there is no body. Required keys are missed.
  void ReadAbsent();

  // Returns true if no more events are wanted: no further violation would be
  // kept, or a list of messages has more elements than its option max_items
  // says, each of which would cost memory.
  bool is_full() const { return is_too_long_ || !violations_.HasRoom(); }

 private:
  // An Any that is being read, as the message that it packs.
  struct OpenAny {
    google::protobuf::Any* any;
    std::string type_url;
    std::unique_ptr<google::protobuf::Message> payload;
    bool type_seen = false;
    bool value_seen = false;
    // True if the current key is "value" and its value is all of the payload.
    bool in_value = false;
  };

  // An object or array that is being read.
  struct Frame {
    enum class Kind { kObject, kList, kMap, kStruct, kListValue };
    Kind kind;
    // The message read into; of kList and kMap, the one that owns `field`.
    google::protobuf::Message* message;
    const MessagePlan* plan;
    // Of kObject, the current key's, and null where that is passed over.
    const FieldPlan* field;
    // The number of messages around `message`.
    int levels;
    // The number of elements or keys that began.
    size_t count = 0;
    // Of kMap and kStruct: the current key, and what holds its value (null
    // where it is passed over).
    std::string key = {};
    google::protobuf::Message* entry = nullptr;
    // The keys so far: of kObject by their fields' index, of kMap as text.
    absl::InlinedVector<uint64_t, 1> seen = {};
    absl::flat_hash_set<std::string> keys = {};
    // Of kObject, where that is an Any.
    std::unique_ptr<OpenAny> any = nullptr;
  };

  // Where the next value goes: into `field` of `message` (an element of it, if
  // `element`), or into `message` itself where `field` is null. Nowhere where
  // `message` is null.
  struct Slot {
    google::protobuf::Message* message = nullptr;
    const MessagePlan* plan = nullptr;
    const FieldPlan* field = nullptr;
    bool element = false;
    int levels = 0;
  };

  Slot NextSlot();
  Slot NextElement(Frame& frame);
  bool OpenObject(Slot slot);
  bool OpenArray(Slot slot);
  bool Push(Frame::Kind kind, const Slot& slot);
  bool Claim(const Slot& slot);
  void Enter(Slot& slot);
  void SetNull(const Slot& slot);
  void SetScalar(Slot slot, const Scalar& scalar);

  void ObjectKey(Frame& frame, absl::string_view key);
  bool AnyKey(OpenAny& open, const MessagePlan& plan, absl::string_view key);
  void MapKey(Frame& frame, absl::string_view key);
  void StructKey(Frame& frame, absl::string_view key);
  void CheckRequiredKeys(const Frame& frame);
  bool IsFilledByPath(const FieldPlan& field) const;

  void BeginRaw(const Slot& slot);
  void EndRaw();
  static void SetRaw(const Slot& slot, const std::string& text);
  void AddToMask(const FieldPlan& field);

  void Replay();
  bool BeginAny(const Slot& slot, size_t position);
  void EndAny(OpenAny& open, const MessagePlan& plan);

  std::string PathOf(size_t frames) const;
  bool Refuse(absl::string_view description);
  void RefuseMember(absl::string_view name, absl::string_view description);

  const Binding& binding_;
  Violations& violations_;
  bool is_too_long_ = false;
  Slot root_;
  absl::InlinedVector<Frame, 4> frames_;
  // The number of open containers in one that is passed over, with that one.
  size_t skipped_ = 0;
  // The value of a raw_json field, while it is read; and which field's.
  RawJson raw_;
  Slot raw_slot_;
  bool raw_is_refused_ = false;
  EventTape tape_;
  // The Any on the tape; and, while it is read again, where.
  Slot taped_;
  bool replaying_ = false;
  size_t position_ = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_JSON_READER_H_

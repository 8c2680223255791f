#ifndef WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_SINK_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_SINK_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/sink_stack.h"
#include "gateway/transcoding/slot.h"
#include "gateway/transcoding/violations.h"
#include "google/protobuf/message.h"
#include "proto/json/json_rewriter.h"
#include "proto/json/json_sink.h"

namespace webhooks::gateway {

// Sets the fields of a request message from JSON. Pushes other sinks for the
// containers that are no messages, lists or maps: one that ignores a container
// that is refused, and one that writes the value of a raw_json field as text.
class MessageSink : public JsonSink {
 public:
  // All arguments must outlive this.
  MessageSink(const Binding& binding, google::protobuf::Message& request,
              Violations& violations, SinkStack& sinks);

  bool BeginObject() override;
  bool EndObject() override;
  bool BeginArray() override;
  bool EndArray() override;
  bool Key(absl::string_view key) override;
  bool Value(const JsonScalar& scalar) override;

  // Reports the required keys of a body that is absent.
  void ReadAbsent();

  // Returns true if a list of messages has more elements than its option
  // max_items permits.
  bool is_too_long() const { return is_too_long_; }

 private:
  // An object or array that is open.
  struct Frame {
    enum class Kind { kMessage, kList, kMap };
    Kind kind;
    // The message that is filled; of a list or map, the one that has `field`.
    google::protobuf::Message* message;
    // Of kMessage.
    const MessagePlan* plan;
    // The list or map; of kMessage the field of the current key, or null if
    // that key is skipped.
    const FieldPlan* field;
    // The number of elements or keys that began.
    size_t count = 0;
    // Of kMap: the current key, and its entry (null if it is skipped).
    std::string key = {};
    google::protobuf::Message* entry = nullptr;
    // The keys so far: of kMessage by the index of the field, of kMap as text.
    absl::InlinedVector<uint64_t, 1> seen = {};
    absl::flat_hash_set<std::string> keys = {};
  };

  // Writes a raw_json value, and hands its text over at the end.
  class RawSink : public JsonRewriter {
   public:
    explicit RawSink(MessageSink& owner) : owner_(owner) {}
    bool EndObject() override;
    bool EndArray() override;

   private:
    MessageSink& owner_;
  };

  Slot NextSlot();
  Slot NextElement(Frame& list);
  void Push(Frame::Kind kind, const Slot& slot);
  void PopContainer();
  void BeginRaw(const Slot& slot);
  void EndRaw();

  void MessageKey(Frame& frame, absl::string_view key);
  void MapKey(Frame& frame, absl::string_view key);
  void CheckRequiredKeys(const Frame& frame);
  bool IsFilledByPath(const FieldPlan& field) const;
  void AddToMask(const FieldPlan& field);

  std::string PathOf(size_t frames) const;
  bool Refuse(absl::string_view violation);
  void RefuseMember(absl::string_view name, absl::string_view violation);

  const Binding& binding_;
  Violations& violations_;
  SinkStack& sinks_;
  JsonSink skip_;
  RawSink raw_;
  Slot raw_slot_;
  Slot root_;
  absl::InlinedVector<Frame, 4> frames_;
  bool is_too_long_ = false;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_SINK_H_

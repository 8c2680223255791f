#ifndef WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_SINK_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_SINK_H_

#include <cstddef>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/binding.h"
#include "gateway/transcoding/message_plan.h"
#include "gateway/transcoding/open_container.h"
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
  Slot NextElement(OpenContainer& list);
  void Push(OpenContainer::Kind kind, const Slot& slot);
  void PopContainer();
  void BeginRaw(const Slot& slot);
  void EndRaw();

  void MessageKey(OpenContainer& container, absl::string_view key);
  void CheckRequiredKeys(const OpenContainer& container);
  bool IsFilledByPath(const FieldPlan& field) const;
  void AddToMask(const FieldPlan& field);

  std::string PathOf(size_t count) const;
  bool Refuse(absl::string_view violation);
  void RefuseMember(absl::string_view name, absl::string_view violation);

  const Binding& binding_;
  Violations& violations_;
  SinkStack& sinks_;
  JsonSink skip_;
  RawSink raw_;
  Slot raw_slot_;
  Slot root_;
  absl::InlinedVector<OpenContainer, 4> open_;
  bool is_too_long_ = false;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_MESSAGE_SINK_H_

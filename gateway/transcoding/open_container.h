#ifndef WEBHOOKS_GATEWAY_TRANSCODING_OPEN_CONTAINER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_OPEN_CONTAINER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/message_plan.h"
#include "google/protobuf/message.h"

namespace webhooks::gateway {

// A JSON object or array that is being read into a message, list or map.
struct OpenContainer {
  enum class Kind { kMessage, kList, kMap };
  Kind kind;
  // The message to fill; of a list or map, the message that has `field`.
  google::protobuf::Message* message;
  // Of kMessage.
  const MessagePlan* plan;
  // The list or map; of kMessage the field of the current key, or null if that
  // key is skipped.
  const FieldPlan* field;
  // The number of elements or keys that began.
  size_t count = 0;
  // Of kMap: the current key, and its entry (null if it is skipped).
  std::string key = {};
  google::protobuf::Message* entry = nullptr;
  // The keys so far: of kMessage by the index of the field, of kMap as text.
  absl::InlinedVector<uint64_t, 1> seen = {};
  absl::flat_hash_set<std::string> keys = {};

  // Of kMessage: records the key of `member`. Returns false if it was there
  // before.
  bool AddKey(const FieldPlan& member);
  bool HasKey(const FieldPlan& member) const;

  // Of kMap: begins the entry for `map_key`. Returns the violation of the key,
  // or "" if there is none.
  std::string BeginEntry(absl::string_view map_key);

  // Appends the current key or index to the path of this container.
  void AppendPosition(std::string& path) const;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_OPEN_CONTAINER_H_

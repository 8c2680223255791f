#ifndef WEBHOOKS_GATEWAY_TRANSCODING_RAW_JSON_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_RAW_JSON_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/field_value.h"

namespace webhooks::gateway {

// The compact text of one object or array, written from its events: keys in
// their order, numbers as they were written.
class RawJson {
 public:
  void BeginObject() { Begin('{'); }
  void EndObject() { End('}'); }
  void BeginArray() { Begin('['); }
  void EndArray() { End(']'); }
  // False: the object has this key already; the text is of no use then.
  bool Key(absl::string_view key);
  void Value(const Scalar& scalar);

  // Returns true if the container that was begun has not ended.
  bool is_open() const { return !open_.empty(); }
  // The text, once it is whole.
  std::string Take() { return std::exchange(text_, ""); }

  // A scalar that is no part of a container.
  static std::string Text(const Scalar& scalar);

 private:
  void Begin(char bracket);
  void End(char bracket);
  void Separate();

  std::string text_;
  // The keys so far of each object that is open; none for arrays.
  std::vector<absl::flat_hash_set<std::string>> open_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_RAW_JSON_H_

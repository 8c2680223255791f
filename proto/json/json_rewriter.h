#ifndef WEBHOOKS_PROTO_JSON_JSON_REWRITER_H_
#define WEBHOOKS_PROTO_JSON_JSON_REWRITER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "proto/json/json_sink.h"

namespace webhooks {

// Writes the events of one JSON value as text: without white space, and with
// only '"', '\' and control characters escaped.
class JsonRewriter : public JsonSink {
 public:
  enum class Members {
    // In the order of the events. Key returns false for a key that its object
    // has already; the events may go on, but the text is of no use.
    kUnique,
    // In the order of JavaScript (ECMA-262, 10.1.11): keys that are array
    // indexes first, ascending, then the others in the order of the events. A
    // repeated key keeps its first place and gets its last value.
    kJavaScript,
  };
  struct Options {
    Members members = Members::kUnique;
    // Appends the number with the text `number` to `out`. Null: appends the
    // text unchanged.
    void (*append_number)(absl::string_view number, std::string& out) = nullptr;
  };

  JsonRewriter();
  explicit JsonRewriter(const Options& options) : options_(options) {}

  bool BeginObject() override;
  bool EndObject() override;
  bool BeginArray() override;
  bool EndArray() override;
  bool Key(absl::string_view key) override;
  bool Value(const JsonScalar& scalar) override;

  // Returns true if no object or array is open.
  bool is_closed() const { return open_.empty(); }
  // Returns true if Key returned false since the last Take.
  bool has_duplicate_key() const { return has_duplicate_key_; }
  // Returns the text of the value, and is ready for the next value.
  std::string Take();

 private:
  // The text of a member is [begin, end) of text_.
  struct Member {
    std::optional<std::uint32_t> array_index;
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  struct Container {
    std::size_t begin;
    // Of an object: its keys, with their places in `members`.
    absl::flat_hash_map<std::string, std::size_t> keys = {};
    // Of Members::kJavaScript only.
    std::vector<Member> members = {};
    std::size_t last_member = 0;
    bool is_out_of_order = false;
  };

  bool Begin(char bracket);
  void Separate();
  void BeginMember(Container& object, std::size_t place, absl::string_view key);
  void EndMember(Container& object);
  void Reorder(Container& object);

  const Options options_;
  std::string text_;
  std::vector<Container> open_;
  bool has_duplicate_key_ = false;
};

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_JSON_REWRITER_H_

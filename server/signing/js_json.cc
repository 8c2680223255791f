#include "server/signing/js_json.h"

#include "absl/strings/numbers.h"
#include "proto/json/json_depth.h"
#include "proto/json/json_parser.h"
#include "proto/json/json_rewriter.h"
#include "server/signing/js_number.h"

namespace webhooks::server {
namespace {

// A number out of range becomes an infinity or zero, as in JavaScript.
void AppendJsNumber(absl::string_view number, std::string& out) {
  double value = 0;
  if (absl::SimpleAtod(number, &value)) out += JsNumber(value);
}

// Passes the value of one member of the outermost object to a rewriter.
class MemberSink : public JsonSink {
 public:
  explicit MemberSink(absl::string_view name) : name_(name) {}

  bool BeginObject() override {
    if (is_in_member_) rewriter_.BeginObject();
    ++depth_;
    return true;
  }
  bool EndObject() override {
    --depth_;
    if (is_in_member_ && depth_ > 0) rewriter_.EndObject();
    return true;
  }
  bool BeginArray() override {
    if (is_in_member_) rewriter_.BeginArray();
    ++depth_;
    return true;
  }
  bool EndArray() override {
    --depth_;
    if (is_in_member_) rewriter_.EndArray();
    return true;
  }
  // The only container at depth 1 that has keys is the outermost object.
  bool Key(absl::string_view key) override {
    if (depth_ > 1) return !is_in_member_ || rewriter_.Key(key);
    is_in_member_ = key == name_;
    if (is_in_member_) {
      // The last of several members with the name counts.
      rewriter_.Take();
      is_found_ = true;
    }
    return true;
  }
  bool Value(const JsonScalar& scalar) override {
    return !is_in_member_ || rewriter_.Value(scalar);
  }

  std::optional<std::string> Take() {
    if (!is_found_) return std::nullopt;
    return rewriter_.Take();
  }

 private:
  const absl::string_view name_;
  JsonRewriter rewriter_{{JsonRewriter::Members::kJavaScript, &AppendJsNumber}};
  int depth_ = 0;
  bool is_in_member_ = false;
  bool is_found_ = false;
};

}  // namespace

std::optional<std::string> JsMember(absl::string_view text,
                                    absl::string_view name) {
  MemberSink member(name);
  JsonParser parser(member, kMaxJsonDepth);
  if (!parser.Parse(text, /*is_last=*/true)) return std::nullopt;
  return member.Take();
}

}  // namespace webhooks::server

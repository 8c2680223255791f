#include "gateway/transcoding/type_check.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/message_plan.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

absl::Status Untranscoded(const std::string& type) {
  return absl::InvalidArgumentError(absl::StrCat(type, " is not transcoded"));
}

}  // namespace

absl::Status CheckTypes(const Descriptor* type) {
  absl::flat_hash_set<const Descriptor*> seen = {type};
  std::vector<const Descriptor*> left = {type};
  while (!left.empty()) {
    const Descriptor* message = left.back();
    left.pop_back();
    const JsonForm form = FormOf(message);
    if (form == JsonForm::kUnsupported)
      return Untranscoded(message->full_name());
    for (int i = 0; form == JsonForm::kObject && i < message->field_count();
         ++i) {
      const FieldDescriptor* field = message->field(i);
      const Descriptor* inner = field->message_type();
      if (inner != nullptr && seen.insert(inner).second) left.push_back(inner);
      const auto* names = field->enum_type();
      if (names != nullptr &&
          absl::StartsWith(names->full_name(), "google.protobuf.")) {
        return Untranscoded(names->full_name());
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace webhooks::gateway

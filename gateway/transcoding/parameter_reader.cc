#include "gateway/transcoding/parameter_reader.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gateway/transcoding/expectation.h"
#include "gateway/transcoding/field_value.h"
#include "gateway/transcoding/percent.h"
#include "proto/json/field_path.h"
#include "proto/json/utf8.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string PathText(const FieldPath& path) {
  std::string text;
  for (const FieldDescriptor* field : path) {
    AppendMember(PlanOf(field->containing_type()).Of(field).name, text);
  }
  return text;
}

// Returns the name of a parameter, as sent, in the form of a path.
std::string NameText(absl::string_view name) {
  std::string text;
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    AppendMember(part, text);
  }
  return text;
}

// Explains that the decoding of a query turns a plus into a space.
std::string Problem(const FieldDescriptor* field, absl::string_view text) {
  std::string problem = Expectation(field);
  const bool had_plus = field->message_type() != nullptr &&
                        FormOf(field->message_type()) == JsonForm::kTimestamp &&
                        absl::StrContains(text, ' ');
  if (had_plus) problem += "; write the + of its offset as %2B";
  return problem;
}

bool Decode(absl::string_view text, std::string& decoded) {
  return AppendPercentDecoded(text, PlusSign::kSpace, decoded) &&
         IsValidUtf8(decoded);
}

}  // namespace

void ParameterReader::ReadPath(const std::vector<PathValue>& values) {
  for (const PathValue& value : values) {
    given_.push_back(*value.field);
    Set(*value.field, value.value);
  }
}

void ParameterReader::ReadQuery(absl::string_view query) {
  for (const absl::string_view parameter :
       absl::StrSplit(query, '&', absl::SkipEmpty())) {
    ReadParameter(parameter);
  }
}

void ParameterReader::ReadParameter(absl::string_view parameter) {
  const size_t equals = std::min(parameter.find('='), parameter.size());
  std::string name, value;
  if (!Decode(parameter.substr(0, equals), name) ||
      !Decode(absl::ClippedSubstr(parameter, equals + 1), value)) {
    violations_.Add("", "the query must be percent-encoded UTF-8");
    return;
  }
  FieldPath path;
  if (!Resolve(name, path)) {
    violations_.Add(NameText(name), "is not a known query parameter");
  } else if (MarkGiven(path)) {
    Set(path, value);
  }
}

// Finds a field that is outside of the body and can be written as text.
bool ParameterReader::Resolve(absl::string_view name, FieldPath& path) {
  if (binding_.has_body && binding_.body_field == nullptr) return false;
  const MessagePlan* plan = &PlanOf(request_.GetDescriptor());
  for (const absl::string_view part : absl::StrSplit(name, '.')) {
    if (plan == nullptr || plan->form != JsonForm::kObject ||
        (!path.empty() && path.back()->is_repeated())) {
      return false;
    }
    const FieldPlan* field = plan->Find(part);
    if (field == nullptr || field->raw_json) return false;
    path.push_back(field->field);
    plan = field->message;
  }
  return path[0] != binding_.body_field && HasTextForm(path.back());
}

// Records that a parameter gives `path`. Returns false if it must not.
bool ParameterReader::MarkGiven(const FieldPath& path) {
  if (std::find(binding_.path_fields.begin(), binding_.path_fields.end(),
                path) != binding_.path_fields.end()) {
    violations_.Add(PathText(path), "must not be given: the path holds it");
    return false;
  }
  if (std::find(given_.begin(), given_.end(), path) == given_.end()) {
    given_.push_back(path);
    return true;
  }
  if (path.back()->is_repeated()) return true;
  violations_.Add(PathText(path), "must not be given more than once");
  return false;
}

void ParameterReader::Set(const FieldPath& path, absl::string_view text) {
  Message* message = &request_;
  const FieldDescriptor* leaf = path.back();
  for (const FieldDescriptor* field : path) {
    if (!Claim(*message, field, path)) return;
    if (field->message_type() == nullptr) break;
    const Reflection* reflection = message->GetReflection();
    message = field->is_repeated() ? reflection->AddMessage(message, field)
                                   : reflection->MutableMessage(message, field);
  }
  const JsonScalar scalar{JsonScalar::Kind::kText, text};
  const bool is_set =
      leaf->message_type() == nullptr
          ? SetField(*message, leaf, scalar)
          : SetMessage(*message, PlanOf(leaf->message_type()), scalar);
  if (!is_set) violations_.Add(PathText(path), Problem(leaf, text));
}

// Only one member of a oneof may be set.
bool ParameterReader::Claim(const Message& message,
                            const FieldDescriptor* field,
                            const FieldPath& path) {
  const auto* oneof = field->real_containing_oneof();
  if (oneof == nullptr) return true;
  const FieldDescriptor* set =
      message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (set == nullptr || set == field) return true;
  violations_.Add(PathText(path),
                  "must not be set beside another member of its oneof");
  return false;
}

void ParameterReader::CheckRequiredKeys() {
  if (binding_.has_body && binding_.body_field == nullptr) return;
  FieldPath prefix;
  CheckRequiredKeys(PlanOf(request_.GetDescriptor()), prefix);
}

// Checks only nested messages of which a field was given.
void ParameterReader::CheckRequiredKeys(const MessagePlan& plan,
                                        FieldPath& prefix) {
  for (const FieldPlan& field : plan.fields) {
    prefix.push_back(field.field);
    const bool is_body =
        prefix.size() == 1 && field.field == binding_.body_field;
    const bool is_given = !is_body && IsGiven(prefix);
    if (field.required_key && !is_body && !is_given) {
      violations_.Add(PathText(prefix), "must be present");
    }
    if (is_given && !field.field->is_repeated() && field.message != nullptr &&
        field.message->form == JsonForm::kObject) {
      CheckRequiredKeys(*field.message, prefix);
    }
    prefix.pop_back();
  }
}

// Returns true if `prefix`, or a field in it, was given.
bool ParameterReader::IsGiven(const FieldPath& prefix) const {
  return std::any_of(given_.begin(), given_.end(), [&](const FieldPath& path) {
    return path.size() >= prefix.size() &&
           std::equal(prefix.begin(), prefix.end(), path.begin());
  });
}

}  // namespace webhooks::gateway

#include "gateway/openapi/meanings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// References may lead to references, and a mistake could make a cycle.
constexpr int kMaxReferences = 8;

bool IsNamePart(char c) {
  return absl::ascii_isalnum(c) || c == '_' || c == '.';
}

// Removes the dotted name at the front of `text` and returns it.
absl::string_view TakeName(absl::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), IsNamePart);
  absl::string_view name =
      text.substr(0, static_cast<std::size_t>(end - text.begin()));
  while (absl::ConsumeSuffix(&name, ".")) {
  }
  text.remove_prefix(name.size());
  return name;
}

std::string InPackage(const FileDescriptor* file, absl::string_view name) {
  return absl::StrCat(file->package(), file->package().empty() ? "" : ".",
                      name);
}

// Returns `text` followed by the text behind a reference ("; at most 30 days").
std::string Continued(std::string text, absl::string_view rest) {
  const auto begin = std::find_if(rest.begin(), rest.end(), [](char c) {
    return !absl::ascii_isspace(c) && !absl::ascii_ispunct(c);
  });
  rest.remove_prefix(static_cast<std::size_t>(begin - rest.begin()));
  if (rest.empty()) return text;
  absl::StrAppend(&text, " ", rest);
  text[text.size() - rest.size()] =
      absl::ascii_toupper(text[text.size() - rest.size()]);
  return text;
}

Meaning Resolve(const Comments& comments, const FieldDescriptor* field,
                int depth);

// Returns the meaning of `text`, a comment of `field`: that of the field that
// it refers to, and its own words.
Meaning Refer(const Comments& comments, const FieldDescriptor* field,
              const std::string& text, int depth) {
  absl::string_view rest = text;
  if (depth == kMaxReferences || !absl::ConsumePrefix(&rest, "Same as ")) {
    return {text, {}};
  }
  const FieldDescriptor* other = field->file()->pool()->FindFieldByName(
      InPackage(field->file(), TakeName(rest)));
  if (other == nullptr) return {text, {}};
  Meaning meaning = Resolve(comments, other, depth + 1);
  meaning.text = Continued(std::move(meaning.text), rest);
  return meaning;
}

Meaning Resolve(const Comments& comments, const FieldDescriptor* field,
                int depth) {
  const auto& options = field->options();
  Meaning meaning = Refer(comments, field, comments.Of(*field), depth);
  meaning.values.MergeFrom(options.GetExtension(v1::values));
  if (options.HasExtension(v1::rest_comment)) {
    meaning.text =
        Refer(comments, field, options.GetExtension(v1::rest_comment), depth)
            .text;
  }
  return meaning;
}

// Replaces the words of protobuf for a field without a value by those of JSON.
std::string InJson(const FieldDescriptor* field, const std::string& text) {
  if (!field->options().GetExtension(v1::nullable)) {
    return absl::StrReplaceAll(text, {{"Unset", "Absent"}});
  }
  return absl::StrReplaceAll(text,
                             {{"Unset", "`null`"}, {"Empty: ", "`null`: "}});
}

// Finds "Get" of the same service, or "OtherService.Get" of the package.
const MethodDescriptor* FindMethod(const MethodDescriptor* from,
                                   absl::string_view name) {
  const MethodDescriptor* method =
      from->service()->FindMethodByName(std::string(name));
  if (method != nullptr) return method;
  return from->file()->pool()->FindMethodByName(InPackage(from->file(), name));
}

// Adds `failure` for each of its codes.
void Add(const v1::Failure& failure, Failures& failures) {
  for (const std::string& name : failure.codes()) {
    if (const auto code = CodeOf(name)) failures.emplace(*code, failure.text());
  }
}

Failures OwnFailures(const MethodDescriptor* method, int depth);

// Adds the failures of the method that `failure` names, for its codes.
void AddOfOther(const v1::Failure& failure, const MethodDescriptor* other,
                int depth, Failures& failures) {
  const Failures others = OwnFailures(other, depth + 1);
  for (const std::string& name : failure.codes()) {
    const auto code = CodeOf(name);
    if (!code) continue;
    const auto [begin, end] = others.equal_range(*code);
    for (auto i = begin; i != end; ++i) {
      failures.emplace(*code, Continued(i->second, failure.text()));
    }
  }
}

Failures OwnFailures(const MethodDescriptor* method, int depth) {
  Failures failures;
  const auto& options = method->options();
  for (int i = 0; i < options.ExtensionSize(v1::failures); ++i) {
    const v1::Failure& failure = options.GetExtension(v1::failures, i);
    const MethodDescriptor* other =
        failure.like().empty() || depth == kMaxReferences
            ? nullptr
            : FindMethod(method, failure.like());
    if (other == nullptr) {
      Add(failure, failures);
    } else {
      AddOfOther(failure, other, depth, failures);
    }
  }
  return failures;
}

Failures CommonFailures(const ServiceDescriptor* service, int depth) {
  Failures failures;
  const auto& options = service->options();
  for (int i = 0; i < options.ExtensionSize(v1::common_failures); ++i) {
    Add(options.GetExtension(v1::common_failures, i), failures);
  }
  const ServiceDescriptor* other = service->file()->pool()->FindServiceByName(
      InPackage(service->file(), options.GetExtension(v1::common_failures_of)));
  if (other != nullptr && depth < kMaxReferences) {
    failures.merge(CommonFailures(other, depth + 1));
  }
  return failures;
}

}  // namespace

Meaning Meanings::Of(const FieldDescriptor* field) const {
  Meaning meaning = Resolve(comments_, field, 0);
  meaning.text = InJson(field, meaning.text);
  return meaning;
}

std::string Meanings::Of(const ServiceDescriptor& service) const {
  const auto& options = service.options();
  return options.HasExtension(v1::rest_summary)
             ? options.GetExtension(v1::rest_summary)
             : comments_.Of(service);
}

bool Meanings::HasExample(const FieldDescriptor* field) {
  return !field->options().GetExtension(v1::values).example().empty();
}

Failures Meanings::FailuresOf(const MethodDescriptor* method) {
  Failures failures = OwnFailures(method, 0);
  failures.merge(CommonFailures(method->service(), 0));
  return failures;
}

std::optional<absl::StatusCode> CodeOf(absl::string_view name) {
  constexpr int kLastCode =
      static_cast<int>(absl::StatusCode::kUnauthenticated);
  for (int i = 1; i <= kLastCode; ++i) {
    const auto code = static_cast<absl::StatusCode>(i);
    if (absl::StatusCodeToString(code) == name) return code;
  }
  return std::nullopt;
}

}  // namespace webhooks::gateway

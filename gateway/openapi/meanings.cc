#include "gateway/openapi/meanings.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/openapi/failures.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// References may lead to references, and by mistake in a circle.
constexpr int kMaxReferences = 8;

bool IsNamePart(char c) {
  return absl::ascii_isalnum(c) || c == '_' || c == '.';
}

// Takes the dotted name off the beginning of `text`.
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

// `text` followed by what stood behind a reference: "; at most 30 days".
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
                int depth) {
  Meaning own{comments.Of(*field), field->options().GetExtension(v1::values)};
  absl::string_view rest = own.text;
  if (depth == kMaxReferences || !absl::ConsumePrefix(&rest, "As ")) return own;
  const FieldDescriptor* other = field->file()->pool()->FindFieldByName(
      InPackage(field->file(), TakeName(rest)));
  if (other == nullptr) return own;
  Meaning meaning = Resolve(comments, other, depth + 1);
  meaning.text = Continued(std::move(meaning.text), rest);
  meaning.values.MergeFrom(own.values);
  return meaning;
}

// "Get" of the same service, or "OtherService.Get" of the package.
const MethodDescriptor* FindMethod(const MethodDescriptor* from,
                                   absl::string_view name) {
  const MethodDescriptor* method =
      from->service()->FindMethodByName(std::string(name));
  if (method != nullptr) return method;
  return from->file()->pool()->FindMethodByName(InPackage(from->file(), name));
}

}  // namespace

Meaning Meanings::Of(const FieldDescriptor* field) const {
  return Resolve(comments_, field, 0);
}

bool Meanings::HasExample(const FieldDescriptor* field) {
  return !field->options().GetExtension(v1::values).example().empty();
}

std::string Meanings::TextOf(const MethodDescriptor* method) const {
  return ReadFailures(comments_.Of(*method)).rest;
}

Failures Meanings::FailuresOf(const MethodDescriptor* method) const {
  Failures failures = OwnFailures(method, 0);
  failures.merge(OwnFailures(method->service(), 0));
  return failures;
}

Failures Meanings::OwnFailures(const MethodDescriptor* method,
                               int depth) const {
  Failures failures;
  for (const auto& told : ReadFailures(comments_.Of(*method)).failures) {
    absl::string_view rest = told.text;
    const MethodDescriptor* other =
        depth < kMaxReferences && absl::ConsumePrefix(&rest, "as ")
            ? FindMethod(method, TakeName(rest))
            : nullptr;
    for (const absl::StatusCode code : told.codes) {
      if (other == nullptr) {
        failures.emplace(code, told.text);
        continue;
      }
      const Failures others = OwnFailures(other, depth + 1);
      const auto [begin, end] = others.equal_range(code);
      for (auto i = begin; i != end; ++i) {
        failures.emplace(code, Continued(i->second, rest));
      }
    }
  }
  return failures;
}

Failures Meanings::OwnFailures(const ServiceDescriptor* service,
                               int depth) const {
  const ToldFailures told = ReadFailures(comments_.Of(*service));
  Failures failures;
  for (const auto& failure : told.failures) {
    for (const absl::StatusCode code : failure.codes) {
      failures.emplace(code, failure.text);
    }
  }
  if (depth == kMaxReferences) return failures;
  absl::string_view rest = told.rest;
  constexpr absl::string_view kReference = " as ";
  for (std::size_t at = rest.find(kReference); at != rest.npos;
       at = rest.find(kReference)) {
    rest.remove_prefix(at + kReference.size());
    const absl::string_view name = TakeName(rest);
    if (!absl::StartsWith(rest, "'s")) continue;
    const ServiceDescriptor* other = service->file()->pool()->FindServiceByName(
        InPackage(service->file(), name));
    if (other != nullptr) failures.merge(OwnFailures(other, depth + 1));
  }
  return failures;
}

}  // namespace webhooks::gateway

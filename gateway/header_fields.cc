#include "gateway/header_fields.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/call_headers.h"
#include "gateway/errors.h"
#include "gateway/transcoding/percent.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";
constexpr absl::string_view kPageToken = "page_token";

// Returns the problem with the values of one header, or "".
absl::string_view Problem(absl::string_view header,
                          const std::vector<absl::string_view>& values) {
  if (values.size() > 1 && !absl::EqualsIgnoreCase(header, "If-Match")) {
    return "must not be repeated";
  }
  for (const absl::string_view value : values) {
    if (value.empty()) return "must not be empty";
    if (!IsPrintable(value)) return "must be printable ASCII";
  }
  return "";
}

// Returns the header, in lower case, of the field `name` of the request, or "".
std::string HeaderOf(const Binding& binding, absl::string_view name) {
  for (const HeaderField& field : binding.request_headers) {
    if (field.field.size() == 1 && field.field[0]->name() == name) {
      return absl::AsciiStrToLower(field.header);
    }
  }
  return "";
}

const std::string& TextOf(const google::protobuf::Message& message,
                          const google::protobuf::FieldDescriptor* field,
                          std::string& scratch) {
  return message.GetReflection()->GetStringReference(message, field, &scratch);
}

// Encodes all characters except those that a query may hold (RFC 3986, 3.4),
// and '&' and '='.
std::string EncodeValue(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(c) || absl::StrContains("-._~", {&c, 1})) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHexDigits[static_cast<unsigned char>(c) >> 4];
      encoded += kHexDigits[static_cast<unsigned char>(c) & 15];
    }
  }
  return encoded;
}

// Returns true if a query parameter is the page token, in any encoding.
bool IsPageToken(absl::string_view parameter) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(parameter, absl::MaxSplits('=', 1));
  std::string name;
  return AppendPercentDecoded(parts.first, PlusSign::kSpace, name) &&
         (name == kPageToken || name == "pageToken");
}

// Returns a part of a target, as received, in a form that is safe between '<'
// and '>'.
std::string Quoted(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"<", "%3C"}, {">", "%3E"}, {"\"", "%22"}});
}

}  // namespace

absl::StatusOr<std::vector<PathValue>> ReadHeaderFields(
    const Binding& binding, const RequestHead& head) {
  std::vector<PathValue> fields;
  google::rpc::BadRequest violations;
  for (const HeaderField& field : binding.request_headers) {
    const auto values = head.Values(field.header);
    if (values.empty()) continue;
    const absl::string_view problem = Problem(field.header, values);
    if (!problem.empty()) {
      AddViolation(violations, absl::AsciiStrToLower(field.header), problem);
    }
    fields.push_back({&field.field, absl::StrJoin(values, ", ")});
  }
  if (violations.field_violations().empty()) return fields;
  return InvalidHeader(violations);
}

absl::Status WithHeaderNames(const Binding& binding,
                             const absl::Status& reply) {
  google::rpc::BadRequest violations = ViolationsOf(reply);
  bool is_changed = false;
  for (auto& violation : *violations.mutable_field_violations()) {
    const std::string header = HeaderOf(binding, violation.field());
    if (header.empty()) continue;
    violation.set_field(header);
    is_changed = true;
  }
  return is_changed ? InvalidFields(violations, Reason(reply)) : reply;
}

void WriteHeaderFields(const Binding& binding,
                       const google::protobuf::Message& message,
                       HttpResponse& response) {
  std::string scratch;
  for (const HeaderField& field : binding.response_headers) {
    const std::string& value = TextOf(message, field.field[0], scratch);
    if (value.empty() || !IsPrintable(value)) continue;
    response.headers.emplace_back(field.header, value);
  }
}

void WriteNextPage(const Binding& binding,
                   const google::protobuf::Message& message,
                   absl::string_view path, absl::string_view query,
                   HttpResponse& response) {
  if (binding.next_page_token == nullptr) return;
  std::string scratch;
  const std::string& token = TextOf(message, binding.next_page_token, scratch);
  if (token.empty()) return;
  std::vector<std::string> parameters;
  for (const absl::string_view parameter :
       absl::StrSplit(query, '&', absl::SkipEmpty())) {
    if (!IsPageToken(parameter)) parameters.push_back(Quoted(parameter));
  }
  parameters.push_back(absl::StrCat(kPageToken, "=", EncodeValue(token)));
  response.headers.emplace_back(
      "Link", absl::StrCat("<", Quoted(path), "?",
                           absl::StrJoin(parameters, "&"), ">; rel=\"next\""));
}

absl::string_view ResponseHeader(const HttpResponse& response,
                                 absl::string_view name) {
  for (const auto& [header, value] : response.headers) {
    if (absl::EqualsIgnoreCase(header, name)) return value;
  }
  return "";
}

}  // namespace webhooks::gateway

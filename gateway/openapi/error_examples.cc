#include "gateway/openapi/error_examples.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <initializer_list>
#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gateway/errors.h"
#include "gateway/openapi/meanings.h"
#include "gateway/transcoding/error_body.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"
#include "webhooks/v1/options.pb.h"

namespace webhooks::gateway {
namespace {

namespace json = boost::json;

// The limits that messages name, as the gateway has them by default.
constexpr std::size_t kHeaderBytes = 16 << 10;
constexpr std::size_t kLineBytes = 8 << 10;

// Returns OK for an example with a code that does not exist.
absl::Status ErrorOf(const v1::ErrorExample& example) {
  google::rpc::BadRequest violations;
  for (const auto& violation : example.violations()) {
    AddViolation(violations, violation.field(), violation.description());
  }
  if (example.violations_size() > 0) {
    return InvalidFields(violations, example.reason());
  }
  const std::optional<absl::StatusCode> code = CodeOf(example.code());
  if (!code) return absl::OkStatus();
  absl::Status error =
      WithReason(absl::Status(*code, example.message()), example.reason());
  return example.retry_seconds() == 0
             ? error
             : WithRetryDelay(error, absl::Seconds(example.retry_seconds()));
}

// Returns the errors of the gateway that the document describes and that the
// server does not have under the same reason.
std::vector<absl::Status> ErrorsOfGateway(std::size_t body_bytes) {
  return {MalformedJson("syntax error", 8),
          MalformedPath(),
          InvalidHeader("idempotency-key", "must not be empty"),
          MalformedRequest("there must be one Host"),
          CrossSiteRequest(),
          PathNotFound(),
          MethodNotAllowed(),
          RequestTimeout("body"),
          BodyTooLarge(body_bytes),
          TargetTooLong(kLineBytes),
          UnsupportedMediaType("the body must be application/json"),
          UnsupportedExpectation(),
          HeadersTooLarge("request line and header fields", kHeaderBytes),
          MessageTooLarge(),
          CallCancelled(),
          GatewayFailure(),
          ServerFailure(),
          ResponseNotJson(),
          MethodUnknown(
              {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}),
          TransferCodingUnknown(),
          CallNotOffered(),
          ServerUnreachable("the server cannot be reached; try again"),
          ServerNotServing(),
          CallInterrupted(),
          TooManyConnections(),
          TooManyBytesBuffered("too many requests are arriving"),
          DeadlineExceeded()};
}

json::object Reference(absl::string_view reason) {
  return {{"$ref", absl::StrCat("#/components/examples/", reason)}};
}

bool IsPartOfReason(char c) {
  return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
}

// Returns the words of `text` that can be reasons.
std::vector<std::string> ReasonsIn(absl::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), IsPartOfReason);
    const auto size = static_cast<std::size_t>(end - text.begin());
    if (size > 0) words.emplace_back(text.substr(0, size));
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return words;
}

}  // namespace

ErrorExamples::ErrorExamples(const Comments& comments, std::size_t body_bytes) {
  for (const absl::Status& error : ErrorsOfGateway(body_bytes)) {
    Add(error, HttpStatus(error));
  }
  for (const std::string& name : comments.files()) {
    const auto* file =
        google::protobuf::DescriptorPool::generated_pool()->FindFileByName(
            name);
    if (file == nullptr) continue;
    const auto& options = file->options();
    for (int i = 0; i < options.ExtensionSize(v1::error_examples); ++i) {
      const absl::Status error =
          ErrorOf(options.GetExtension(v1::error_examples, i));
      if (!error.ok()) Add(error, HttpStatusOfServerError(error));
    }
  }
}

void ErrorExamples::Add(const absl::Status& error, int http_status) {
  by_reason_[Reason(error)] = {http_status, ErrorBody(error, http_status)};
}

json::object ErrorExamples::Named(absl::string_view text,
                                  int http_status) const {
  json::object named;
  for (const std::string& reason : ReasonsIn(text)) {
    const auto found = by_reason_.find(reason);
    if (found != by_reason_.end() && found->second.http_status == http_status) {
      named[reason] = Reference(reason);
    }
  }
  return named;
}

json::object ErrorExamples::Named(absl::string_view text) const {
  json::object named;
  for (const std::string& reason : ReasonsIn(text)) {
    if (by_reason_.count(reason) > 0) {
      named[reason] = Reference(reason);
    }
  }
  return named;
}

json::object ErrorExamples::Components() const {
  json::object components;
  for (const auto& [reason, example] : by_reason_) {
    components[reason] =
        json::object{{"summary", reason}, {"value", json::parse(example.body)}};
  }
  return components;
}

}  // namespace webhooks::gateway

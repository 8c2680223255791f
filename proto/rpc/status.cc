#include "proto/rpc/status.h"

#include <algorithm>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "proto/time.h"

namespace webhooks {
namespace {

constexpr absl::string_view kTypePrefix = "type.googleapis.com/";

std::string TypeUrl(const google::protobuf::Message& message) {
  return absl::StrCat(kTypePrefix, message.GetDescriptor()->full_name());
}

void SetDetail(absl::Status& status, const google::protobuf::Message& detail) {
  status.SetPayload(TypeUrl(detail), absl::Cord(detail.SerializeAsString()));
}

}  // namespace

absl::Status WithReason(
    absl::Status status, absl::string_view reason,
    std::initializer_list<std::pair<absl::string_view, absl::string_view>>
        metadata) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[std::string(key)] = std::string(value);
  }
  SetDetail(status, info);
  return status;
}

void AddViolation(google::rpc::BadRequest& violations, absl::string_view field,
                  absl::string_view description) {
  if (violations.field_violations_size() >= kMaxViolations) return;
  auto* violation = violations.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
}

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo info;
  *info.mutable_retry_delay() = ToProtoDuration(delay);
  SetDetail(status, info);
  return status;
}

absl::Status InvalidFields(const google::rpc::BadRequest& violations,
                           absl::string_view reason) {
  const auto& first = violations.field_violations(0);
  std::string message = absl::StrCat(
      first.field(), first.field().empty() ? "" : " ", first.description());
  if (const int more = violations.field_violations_size() - 1; more > 0) {
    absl::StrAppend(&message, " (and ", more, " more)");
  }
  absl::Status status = absl::InvalidArgumentError(message);
  SetDetail(status, violations);
  return WithReason(std::move(status), reason);
}

std::string Reason(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  const auto payload = status.GetPayload(TypeUrl(info));
  if (!payload || !info.ParseFromString(std::string(*payload))) return "";
  return info.reason();
}

google::rpc::BadRequest ViolationsOf(const absl::Status& status) {
  google::rpc::BadRequest violations;
  const auto payload = status.GetPayload(TypeUrl(violations));
  if (payload && !violations.ParseFromString(std::string(*payload))) {
    violations.Clear();
  }
  return violations;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(std::string(status.message()));
  std::vector<std::pair<std::string, std::string>> details;
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& value) {
    details.emplace_back(url, value);
  });
  std::sort(details.begin(), details.end());
  for (auto& [url, value] : details) {
    auto* detail = rpc.add_details();
    detail->set_type_url(std::move(url));
    detail->set_value(std::move(value));
  }
  return rpc;
}

absl::Status FromRpcStatus(const google::rpc::Status& rpc) {
  absl::Status status(static_cast<absl::StatusCode>(rpc.code()), rpc.message());
  for (const auto& detail : rpc.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

}  // namespace webhooks

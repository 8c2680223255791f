#include "gateway/call_headers.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/errors.h"
#include "proto/rpc/status.h"
#include "server/runtime/client_address.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

// The metadata entries that are headers of answers.
constexpr std::pair<const char*, const char*> kHeadersOfEntries[] = {
    {kReplayedMetadata, "Idempotent-Replayed"},
    {kRateLimitMetadata, "RateLimit-Limit"},
    {kRateRemainingMetadata, "RateLimit-Remaining"},
    {kRateResetMetadata, "RateLimit-Reset"},
};

std::optional<absl::Duration> TimeoutUnit(char unit) {
  switch (unit) {
    case 'H':
      return absl::Hours(1);
    case 'M':
      return absl::Minutes(1);
    case 'S':
      return absl::Seconds(1);
    case 'm':
      return absl::Milliseconds(1);
    case 'u':
      return absl::Microseconds(1);
    case 'n':
      return absl::Nanoseconds(1);
    default:
      return std::nullopt;
  }
}

std::optional<absl::Duration> ParseTimeout(absl::string_view text) {
  constexpr std::size_t kMaxDigits = 8;
  if (text.size() < 2 || text.size() > kMaxDigits + 1) return std::nullopt;
  const absl::string_view digits = text.substr(0, text.size() - 1);
  const auto unit = TimeoutUnit(text.back());
  std::int64_t count;
  if (!unit ||
      !std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(digits, &count) || count == 0) {
    return std::nullopt;
  }
  return std::min(count * *unit, kLongestCall);
}

absl::StatusOr<absl::Duration> ReadTimeout(const RequestHead& head,
                                           absl::Duration default_timeout) {
  const auto values = head.Values("grpc-timeout");
  if (values.empty()) return default_timeout;
  const auto timeout =
      values.size() == 1 ? ParseTimeout(values[0]) : std::nullopt;
  if (!timeout) {
    return InvalidHeader("grpc-timeout",
                         "must be one number and its unit, as 500m or 10S");
  }
  return *timeout;
}

void AddCredential(absl::string_view name, absl::string_view value,
                   CallHeaders& headers) {
  headers.metadata.emplace_back(name, value);
  headers.credential = absl::StrCat(name, ": ", value);
}

// Adds the header x-project, if there is one. INVALID_ARGUMENT
// (INVALID_HEADER): it is repeated, is not printable ASCII, or is not accepted.
absl::Status AddProject(const RequestHead& head, bool is_accepted,
                        CallHeaders& headers) {
  const auto projects = head.Values(kProjectMetadata);
  if (projects.empty()) return absl::OkStatus();
  if (!is_accepted) {
    return InvalidHeader(kProjectMetadata, "is not accepted by this gateway");
  }
  if (projects.size() > 1) {
    return InvalidHeader(kProjectMetadata, "must not be repeated");
  }
  if (!IsPrintable(projects[0])) {
    return InvalidHeader(kProjectMetadata, "must be printable ASCII");
  }
  headers.metadata.emplace_back(kProjectMetadata, projects[0]);
  return absl::OkStatus();
}

void AddTrace(const Span& span, CallHeaders& headers) {
  if (span.trace_id.empty()) return;
  headers.metadata.emplace_back(kTraceparentMetadata, span.Traceparent());
  if (span.tracestate.empty()) return;
  headers.metadata.emplace_back(kTracestateMetadata, span.tracestate);
}

}  // namespace

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isprint(c); });
}

absl::StatusOr<CallHeaders> ReadCallHeaders(const RequestHead& head,
                                            absl::Duration default_timeout,
                                            bool accepts_project) {
  CallHeaders headers;
  headers.metadata.emplace_back(kRequestIdMetadata, head.request_id);
  const auto keys = head.Values(kApiKeyMetadata);
  if (keys.size() > 1)
    return InvalidHeader(kApiKeyMetadata, "must not be repeated");
  if (!keys.empty() && !IsPrintable(keys[0])) {
    return InvalidHeader(kApiKeyMetadata, "must be printable ASCII");
  }
  // If a key is sent, the certificate does not count.
  if (!keys.empty()) {
    AddCredential(kApiKeyMetadata, keys[0], headers);
  } else if (!head.client_certificate.empty()) {
    AddCredential(kClientCertificateMetadata, head.client_certificate, headers);
  }
  absl::Status project = AddProject(head, accepts_project, headers);
  if (!project.ok()) return project;
  if (!head.client_address.empty()) {
    headers.metadata.emplace_back(kClientAddressMetadata, head.client_address);
  }
  AddTrace(head.span, headers);
  const auto timeout = ReadTimeout(head, default_timeout);
  if (!timeout.ok()) return timeout.status();
  headers.timeout = *timeout;
  return headers;
}

std::size_t MetadataSize(const CallHeaders& headers) {
  std::size_t size = 0;
  for (const auto& [name, value] : headers.metadata) {
    size += name.size() + value.size() + kMetadataEntryOverhead;
  }
  return size;
}

absl::Status CheckSize(const CallHeaders& headers) {
  if (MetadataSize(headers) <= kMaxCallMetadata) return absl::OkStatus();
  return HeadersTooLarge(
      absl::StrCat("the headers for the server, and ", kMetadataEntryOverhead,
                   " bytes for each of them,"),
      kMaxCallMetadata);
}

void ApplyReplyMetadata(const std::multimap<std::string, std::string>& metadata,
                        HttpResponse& response) {
  for (const auto& [key, value] : metadata) {
    if (!IsPrintable(value)) continue;
    if (key == kProjectIdMetadata) response.project = value;
    for (const auto& [entry, header] : kHeadersOfEntries) {
      if (key == entry) response.headers.emplace_back(header, value);
    }
  }
}

}  // namespace webhooks::gateway

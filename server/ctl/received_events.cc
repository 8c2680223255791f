#include "server/ctl/received_events.h"

#include <cstddef>
#include <iostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "proto/json/compact_json.h"
#include "proto/json/json_depth.h"
#include "proto/json/json_text.h"
#include "server/ctl/output.h"
#include "server/runtime/log.h"
#include "server/signing/standard_signature.h"

namespace webhooks::ctl {
namespace {

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kBadGateway = 502;

// The number of characters of an application's answer that are printed.
constexpr std::size_t kMaxShown = 1000;

using Forwarded = std::optional<absl::StatusOr<Answer>>;

std::string Header(const Headers& headers, absl::string_view name) {
  for (const auto& [other, value] : headers) {
    if (absl::EqualsIgnoreCase(other, name)) return value;
  }
  return "";
}

// Returns the text as a JSON string; null if it is not UTF-8.
std::string JsonText(const std::string& text) {
  std::string json;
  return AppendJsonString(text, json) ? json : "null";
}

// Returns the body if it is JSON, else as a JSON string.
std::string BodyJson(const std::string& body) {
  auto json = CompactJson(body, kMaxJsonDepth);
  return json ? *std::move(json) : JsonText(body);
}

std::string HeadersJson(const Headers& headers) {
  std::string json = "{";
  for (const auto& [name, value] : headers) {
    absl::StrAppend(&json, json.size() > 1 ? "," : "", JsonText(name), ":",
                    JsonText(value));
  }
  return json + "}";
}

}  // namespace

ReceivedEvents::ReceivedEvents(std::string secret,
                               std::optional<LocalApplication> application,
                               bool json)
    : secret_(std::move(secret)),
      application_(std::move(application)),
      json_(json) {}

Answer ReceivedEvents::Handle(const Headers& headers, const std::string& body) {
  begun_.WaitForNotification();
  const bool is_verified = IsVerified(headers, body);
  Forwarded forwarded;
  if (application_ && is_verified) {
    forwarded = application_->Post(headers, body);
  }
  {
    absl::MutexLock lock(&output_);
    std::cout << (json_ ? JsonLine(headers, body, is_verified, forwarded)
                        : Text(headers, body, is_verified, forwarded))
              << std::flush;
  }
  if (!application_) return {kOk};
  if (!is_verified) return {kUnauthorized, "the signature is wrong"};
  if (forwarded->ok()) return **std::move(forwarded);
  return {kBadGateway, std::string(forwarded->status().message())};
}

bool ReceivedEvents::IsVerified(const Headers& headers,
                                const std::string& body) const {
  const std::string id = Header(headers, "webhook-id");
  const std::string timestamp = Header(headers, "webhook-timestamp");
  const std::string signatures = Header(headers, "webhook-signature");
  return !server::FindSignatureProblem({id, timestamp, signatures}, body,
                                       secret_, absl::Now());
}

std::string ReceivedEvents::Text(const Headers& headers,
                                 const std::string& body, bool is_verified,
                                 const Forwarded& forwarded) const {
  std::string text = absl::StrCat(
      absl::FormatTime("%H:%M:%E3S", absl::Now(), absl::LocalTimeZone()),
      is_verified ? " verified " : " NOT VERIFIED ", Printable(body), "\n");
  for (const auto& [name, value] : headers) {
    absl::StrAppend(&text, "    ", Printable(name), ": ", Printable(value),
                    "\n");
  }
  if (!forwarded) return text;
  if (forwarded->ok()) {
    absl::StrAppend(&text, "    forwarded: ", (*forwarded)->status, "\n");
    if (!IsSuccess((*forwarded)->status) && !(*forwarded)->body.empty()) {
      absl::StrAppend(&text, "    answer: ", Cut((*forwarded)->body, kMaxShown),
                      "\n");
    }
  } else {
    absl::StrAppend(&text, "    not forwarded: ", forwarded->status().message(),
                    "\n");
  }
  return text;
}

std::string ReceivedEvents::JsonLine(const Headers& headers,
                                     const std::string& body, bool is_verified,
                                     const Forwarded& forwarded) const {
  std::string line =
      absl::StrCat("{\"received_at\":\"", LogTime(absl::Now()),
                   "\",\"verified\":", is_verified ? "true" : "false",
                   ",\"headers\":", HeadersJson(headers));
  if (forwarded) {
    absl::StrAppend(
        &line, ",\"forwarded_status\":",
        forwarded->ok() ? absl::StrCat((*forwarded)->status) : "null",
        ",\"forwarded_body\":",
        forwarded->ok() ? JsonText((*forwarded)->body) : "null");
  }
  return absl::StrCat(line, ",\"body\":", BodyJson(body), "}\n");
}

}  // namespace webhooks::ctl

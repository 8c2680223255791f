#include "server/services/delivery_settings_rules.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/json/field_path.h"
#include "proto/rpc/status.h"
#include "server/delivery/delivery_request.h"
#include "server/services/field_rules.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxHeaders = 20;
constexpr std::size_t kMaxHeaderBytes = 4096;
constexpr std::size_t kMaxHeaderName = 100;
constexpr int kMaxSchedule = 20;
constexpr absl::Duration kMaxWait = absl::Hours(7 * 24);
constexpr absl::Duration kMaxTimeout = absl::Seconds(60);

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= kMaxHeaderName &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsValue(absl::string_view value) {
  return absl::StripAsciiWhitespace(value) == value &&
         std::all_of(value.begin(), value.end(), [](char c) {
           return absl::ascii_isprint(c) || c == '\t';
         });
}

std::string HeaderPath(absl::string_view name) {
  std::string path = "delivery.headers";
  AppendKey(name, path);
  return path;
}

void CheckHeader(const std::string& name, const std::string& value,
                 google::rpc::BadRequest& violations) {
  if (!IsName(name)) {
    // The field does not repeat an invalid name, which can be any text.
    AddViolation(violations, "delivery.headers",
                 "must have names of letters, digits and -, at most 100 "
                 "characters long");
    return;
  }
  const std::string field = HeaderPath(name);
  if (IsReservedHeader(name)) {
    AddViolation(violations, field,
                 "is set by the service or belongs to the connection");
  }
  if (!IsValue(value)) {
    AddViolation(violations, field,
                 "must hold visible ASCII characters, with spaces or tabs "
                 "only between them");
  }
}

void CheckHeaders(const v1::DeliverySettings& settings,
                  google::rpc::BadRequest& violations) {
  if (settings.headers().size() > kMaxHeaders) {
    AddViolation(violations, "delivery.headers", "must hold at most 20");
    return;
  }
  // A protobuf map has no stable order.
  const std::map<std::string, std::string> headers(settings.headers().begin(),
                                                   settings.headers().end());
  std::map<std::string, int> names;
  std::size_t bytes = 0;
  for (const auto& [name, value] : headers) {
    bytes += name.size() + value.size();
    CheckHeader(name, value, violations);
    if (++names[absl::AsciiStrToLower(name)] == 2 && IsName(name)) {
      AddViolation(violations, HeaderPath(name),
                   "must not be there twice, in another case");
    }
  }
  if (bytes > kMaxHeaderBytes) {
    AddViolation(violations, "delivery.headers",
                 "must hold at most 4,096 bytes in all");
  }
}

void CheckNumber(absl::string_view field, bool is_set, int value, int max,
                 google::rpc::BadRequest& violations) {
  if (is_set && (value < 1 || value > max)) {
    AddViolation(violations, field, absl::StrCat("must be 1 to ", max));
  }
}

void CheckSchedule(const v1::DeliverySettings& settings,
                   google::rpc::BadRequest& violations) {
  if (settings.schedule_size() > kMaxSchedule) {
    AddViolation(violations, "delivery.schedule", "must hold at most 20 waits");
    return;
  }
  // The publisher chooses the time of the first attempt, with deliver_at.
  if (settings.schedule_size() > 0 &&
      !IsBetween(settings.schedule(0), absl::ZeroDuration(),
                 absl::ZeroDuration())) {
    AddViolation(violations, "delivery.schedule[0]",
                 "must be 0s: the first attempt is made at once");
  }
  for (int i = 1; i < settings.schedule_size(); ++i) {
    if (!IsBetween(settings.schedule(i), absl::ZeroDuration(), kMaxWait)) {
      AddViolation(violations, absl::StrCat("delivery.schedule[", i, "]"),
                   "must be 0s to 604800s (7 days)");
    }
  }
}

}  // namespace

void CheckDeliverySettings(const v1::DeliverySettings& settings,
                           google::rpc::BadRequest& violations) {
  CheckHeaders(settings, violations);
  CheckNumber("delivery.max_in_flight", settings.has_max_in_flight(),
              settings.max_in_flight(), 100, violations);
  CheckNumber("delivery.max_per_second", settings.has_max_per_second(),
              settings.max_per_second(), 10'000, violations);
  if (settings.has_timeout() &&
      !IsBetween(settings.timeout(), absl::Seconds(1), kMaxTimeout)) {
    AddViolation(violations, "delivery.timeout", "must be 1s to 60s");
  }
  CheckSchedule(settings, violations);
}

}  // namespace webhooks::server

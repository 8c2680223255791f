#include "server/delivery/delivery_config.h"

#include <utility>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/runtime/flags.h"
#include "server/runtime/tls_material.h"

namespace webhooks::server {
namespace {

const DeliveryConfig& Defaults() {
  static const DeliveryConfig& defaults = *new DeliveryConfig;
  return defaults;
}

std::string DefaultScheduleText() {
  return absl::StrJoin(Defaults().scheduler.retries.schedule, ",",
                       [](std::string* out, absl::Duration wait) {
                         absl::StrAppend(out, wait == absl::ZeroDuration()
                                                  ? "0s"
                                                  : absl::FormatDuration(wait));
                       });
}

}  // namespace
}  // namespace webhooks::server

using webhooks::server::Defaults;

ABSL_FLAG(bool, deliver, Defaults().deliver,
          "Deliver events. If false, the server only answers calls.");
ABSL_FLAG(std::string, allow_targets, "",
          "Addresses and CIDR ranges that deliveries may be sent to although "
          "they are refused by default (loopback, private networks and other "
          "special ranges), comma-separated: 10.1.0.0/16,fd00::/8. Default: "
          "none.");
ABSL_FLAG(std::string, retry_schedule, webhooks::server::DefaultScheduleText(),
          "The wait before each attempt of a delivery, comma-separated, for "
          "webhooks that do not set a schedule. The first must be 0s. A "
          "delivery fails after the last attempt. At most 100 waits of at most "
          "8760h.");
ABSL_FLAG(double, retry_jitter, Defaults().scheduler.retries.jitter,
          "The maximum random change of each wait, up or down, as a fraction "
          "of it: 0 to 1.");
ABSL_FLAG(absl::Duration, max_retry_after,
          Defaults().scheduler.retries.max_retry_after,
          "The maximum Retry-After of a receiver; a longer one counts as this: "
          "0s or more.");
ABSL_FLAG(absl::Duration, delivery_timeout, Defaults().scheduler.timeout,
          "The timeout of an attempt, for webhooks that do not set one: 1ms to "
          "1m.");
ABSL_FLAG(absl::Duration, connect_timeout, Defaults().sender.connect_timeout,
          "The time limit for connecting to a receiver, including the name "
          "look-up and the TLS handshake: 1ms to 1m.");
ABSL_FLAG(
    absl::Duration, connection_max_age, Defaults().sender.connection_max_age,
    "The maximum age of a connection to a receiver that is reused, in whole "
    "seconds: 1s to 24h. After the address of a receiver has changed, requests "
    "may go to the old address for this time.");
ABSL_FLAG(
    absl::Duration, connection_max_idle, Defaults().sender.connection_max_idle,
    "The maximum idle time of a connection to a receiver that is reused, in "
    "whole seconds: 1s to 24h.");
ABSL_FLAG(int, max_in_flight, Defaults().scheduler.queue.max_in_flight,
          "The maximum number of requests in flight to all endpoints together: "
          "1 to 10000. One project gets at most two thirds of them.");
ABSL_FLAG(int, max_in_flight_per_endpoint,
          Defaults().scheduler.queue.endpoint.max_in_flight,
          "The maximum number of requests in flight to one endpoint, for "
          "webhooks that do not set one: 1 to 1000.");
ABSL_FLAG(int, catch_up_per_second,
          Defaults().scheduler.queue.endpoint.catch_up_per_second,
          "The maximum number of requests per second to an endpoint that "
          "catches up on events that were held while its webhook was inactive: "
          "1 to 10000.");
ABSL_FLAG(absl::Duration, deactivate_after,
          Defaults().scheduler.deactivate_after,
          "A webhook becomes inactive once all its attempts have failed for "
          "this time: more than 0s.");
ABSL_FLAG(std::string, ca_file, "",
          "A PEM file with the certificate authorities that are trusted for "
          "receivers. Default: those of the system.");
ABSL_FLAG(absl::Duration, retention, Defaults().retention,
          "The time for which finished events, deliveries and attempts are "
          "kept: 1m or more. A delivery whose attempt has been due for this "
          "time fails with the reason EXPIRED.");

namespace webhooks::server {
namespace {

absl::Status ReadTargets(TargetGuard& guard) {
  auto ranges = ParseAddressRanges(absl::GetFlag(FLAGS_allow_targets));
  if (!ranges.ok()) return BadFlag("allow_targets", ranges.status().message());
  guard = TargetGuard(*std::move(ranges));
  return absl::OkStatus();
}

absl::Status ReadSchedule(std::vector<absl::Duration>& schedule) {
  constexpr std::size_t kMaxWaits = 100;
  schedule.clear();
  for (const absl::string_view text :
       absl::StrSplit(absl::GetFlag(FLAGS_retry_schedule), ',')) {
    absl::Duration wait;
    if (!absl::ParseDuration(text, &wait) || wait < absl::ZeroDuration() ||
        wait > absl::Hours(24 * 365)) {
      return BadFlag("retry_schedule",
                     absl::StrCat("'", text, "' is not a wait of 0s to 8760h"));
    }
    schedule.push_back(wait);
  }
  if (schedule.front() != absl::ZeroDuration()) {
    return BadFlag("retry_schedule", "must begin with 0s");
  }
  return schedule.size() <= kMaxWaits
             ? absl::OkStatus()
             : BadFlag("retry_schedule", "must have at most 100 waits");
}

absl::Status CheckRange(absl::string_view flag, int value, int min, int max) {
  if (value >= min && value <= max) return absl::OkStatus();
  return BadFlag(flag, absl::StrCat("must be ", min, " to ", max));
}

absl::Status CheckTimeout(absl::string_view flag, absl::Duration value) {
  if (value >= absl::Milliseconds(1) && value <= absl::Minutes(1)) {
    return absl::OkStatus();
  }
  return BadFlag(flag, "must be 1ms to 1m");
}

absl::Status CheckConnectionTime(absl::string_view flag, absl::Duration value) {
  if (value >= absl::Seconds(1) && value <= absl::Hours(24) &&
      value == absl::Trunc(value, absl::Seconds(1))) {
    return absl::OkStatus();
  }
  return BadFlag(flag, "must be whole seconds, 1s to 24h");
}

absl::Status CheckAuthorities(const std::string& file) {
  TlsFiles files;
  files.authorities = file;
  const absl::StatusOr<TlsMaterial> read = ReadTlsFiles(files);
  const absl::Status good = read.ok() ? CheckTls(*read, files) : read.status();
  return good.ok() ? good : BadFlag("ca_file", good.message());
}

absl::Status CheckLimits(const DeliveryConfig& config) {
  const Scheduler::Options& options = config.scheduler;
  absl::Status good = CheckTimeout("delivery_timeout", options.timeout);
  good.Update(CheckTimeout("connect_timeout", config.sender.connect_timeout));
  good.Update(CheckConnectionTime("connection_max_age",
                                  config.sender.connection_max_age));
  good.Update(CheckConnectionTime("connection_max_idle",
                                  config.sender.connection_max_idle));
  good.Update(
      CheckRange("max_in_flight", options.queue.max_in_flight, 1, 10'000));
  good.Update(CheckRange("max_in_flight_per_endpoint",
                         options.queue.endpoint.max_in_flight, 1, 1000));
  good.Update(CheckRange("catch_up_per_second",
                         options.queue.endpoint.catch_up_per_second, 1,
                         10'000));
  if (options.retries.jitter < 0 || options.retries.jitter > 1) {
    good.Update(BadFlag("retry_jitter", "must be 0 to 1"));
  }
  if (options.retries.max_retry_after < absl::ZeroDuration()) {
    good.Update(BadFlag("max_retry_after", "must not be negative"));
  }
  if (options.deactivate_after <= absl::ZeroDuration()) {
    good.Update(BadFlag("deactivate_after", "must be positive"));
  }
  if (config.retention < absl::Minutes(1)) {
    good.Update(BadFlag("retention", "must be at least 1m"));
  }
  if (!config.sender.ca_file.empty()) {
    good.Update(CheckAuthorities(config.sender.ca_file));
  }
  return good;
}

}  // namespace

absl::StatusOr<DeliveryConfig> ReadDeliveryConfig() {
  DeliveryConfig config;
  Scheduler::Options& options = config.scheduler;
  config.deliver = absl::GetFlag(FLAGS_deliver);
  config.sender.connect_timeout = absl::GetFlag(FLAGS_connect_timeout);
  config.sender.connection_max_age = absl::GetFlag(FLAGS_connection_max_age);
  config.sender.connection_max_idle = absl::GetFlag(FLAGS_connection_max_idle);
  config.sender.ca_file = absl::GetFlag(FLAGS_ca_file);
  config.retention = absl::GetFlag(FLAGS_retention);
  options.timeout = absl::GetFlag(FLAGS_delivery_timeout);
  options.deactivate_after = absl::GetFlag(FLAGS_deactivate_after);
  options.queue.max_in_flight = absl::GetFlag(FLAGS_max_in_flight);
  options.queue.endpoint.max_in_flight =
      absl::GetFlag(FLAGS_max_in_flight_per_endpoint);
  options.queue.endpoint.catch_up_per_second =
      absl::GetFlag(FLAGS_catch_up_per_second);
  options.retries.jitter = absl::GetFlag(FLAGS_retry_jitter);
  options.retries.max_retry_after = absl::GetFlag(FLAGS_max_retry_after);
  absl::Status good = ReadTargets(config.sender.guard);
  good.Update(ReadSchedule(options.retries.schedule));
  good.Update(CheckLimits(config));
  if (!good.ok()) return good;
  return config;
}

}  // namespace webhooks::server

#include "server/ctl/options.h"

#include <utility>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "server/ctl/call_key.h"

namespace {

// Set a field of the options to the value of its flag.
using Setter = void (*)(webhooks::ctl::Options& options);

std::vector<Setter>& Setters() {
  static std::vector<Setter>& setters = *new std::vector<Setter>;
  return setters;
}

bool AddSetter(Setter setter) {
  Setters().push_back(setter);
  return true;
}

}  // namespace

// Defines the flag of the field `name` of Options.
#define CTL_OPTION(type, name, ...)                   \
  ABSL_FLAG(type, name, __VA_ARGS__);                 \
  [[maybe_unused]] const bool adds_##name =           \
      AddSetter([](webhooks::ctl::Options& options) { \
        options.name = absl::GetFlag(FLAGS_##name);   \
      })

using OptionalText = std::optional<std::string>;
using OptionalDuration = std::optional<absl::Duration>;

CTL_OPTION(std::string, server, "127.0.0.1:50051",
           "The gRPC server: host:port or unix:PATH.");
ABSL_FLAG(std::string, key, "",
          "The key to send: the administrators' key for project, key and "
          "certificate commands, and with --project; a project's key for the "
          "others. It is visible in the list of processes: prefer --key_file "
          "or WEBHOOKS_KEY.");
ABSL_FLAG(std::string, key_file, "",
          "A file with the key as its only line, such as the server's "
          "admin-key.");
CTL_OPTION(OptionalText, project, std::nullopt,
           "The project to work on, by its id or name, with the "
           "administrators' key in place of a key of the project. For all "
           "commands but project, key and certificate. For export: the project "
           "to export; it needs no key.");
ABSL_FLAG(std::string, tls_ca, "",
          "A PEM file with the certificate authorities that are trusted for "
          "the server. Turns TLS on.");
ABSL_FLAG(std::string, tls_cert, "", "A PEM file with the client certificate.");
ABSL_FLAG(std::string, tls_key, "",
          "A PEM file with the private key of --tls_cert, not encrypted.");
CTL_OPTION(
    std::string, tls_name, "",
    "The name that the server's certificate must have. Default: the host "
    "of --server.");
CTL_OPTION(bool, allow_plaintext, false,
           "Send the key in plain text to a server that is not on this "
           "machine.");
CTL_OPTION(bool, json, false, "Print JSON instead of tables.");
CTL_OPTION(absl::Duration, timeout, absl::Seconds(15),
           "The time limit of each call to the server.");
CTL_OPTION(int, limit, 0, "The maximum number of rows of a list; 0 for all.");
CTL_OPTION(std::optional<bool>, active, std::nullopt,
           "For lists: only webhooks that are active, or with --active=false "
           "only inactive ones. For an update: activates or deactivates the "
           "webhook.");
CTL_OPTION(
    OptionalText, event_type, std::nullopt,
    "For lists: only events of this type, their deliveries, or webhooks that "
    "listen to it. For a test: the type of the example event. For a retry job: "
    "only events of this type.");
CTL_OPTION(
    OptionalText, webhook, std::nullopt,
    "Lists only deliveries to this webhook. For listen: uses this webhook, "
    "which must have no URL, and keeps it.");
CTL_OPTION(OptionalText, event, std::nullopt,
           "Lists only deliveries of this event.");
CTL_OPTION(
    OptionalText, state, std::nullopt,
    "Lists only deliveries in this state: pending, in_flight, delivered, "
    "failed, held or cancelled.");
CTL_OPTION(OptionalText, url, std::nullopt,
           "The URL of a webhook. For lists: only webhooks with this URL.");
CTL_OPTION(OptionalText, description, std::nullopt,
           "The description of a webhook.");
CTL_OPTION(
    OptionalText, scope, std::nullopt,
    "The event types that a webhook listens to, comma-separated. Default "
    "for listen: all.");
CTL_OPTION(
    bool, all_events, false,
    "The webhook listens to every event type. A new webhook needs this or "
    "--scope.");
CTL_OPTION(OptionalText, delivery, std::nullopt,
           "The delivery settings of a webhook, as JSON of DeliverySettings: "
           "{\"ordered\": true, \"timeout\": \"5s\"}. Replaces all settings.");
CTL_OPTION(OptionalText, clear, std::nullopt,
           "The fields of a webhook to clear, comma-separated: url, "
           "description, scope (like --all_events) or delivery.");
CTL_OPTION(OptionalText, id_event, std::nullopt,
           "The id of the event, a UUID. Two events with the same id are "
           "published once. Default: a new id.");
ABSL_FLAG(OptionalText, deliver_at, std::nullopt,
          "The time of the first attempt, at most 30 days ahead: "
          "2026-11-23T19:56:26Z. Default: at once.");
ABSL_FLAG(OptionalText, start_time, std::nullopt,
          "Only events published at this time or later, or their deliveries: "
          "2026-11-23T19:56:26Z.");
ABSL_FLAG(OptionalText, end_time, std::nullopt,
          "Only events published before this time, or their deliveries.");
CTL_OPTION(OptionalDuration, since, std::nullopt,
           "Only events published within this time before now, or their "
           "deliveries: 90m, 24h. Instead of --start_time.");
CTL_OPTION(bool, follow, false,
           "After the list, oldest first, prints deliveries that are new or "
           "have changed, until Ctrl-C. Without --since, --start_time and "
           "--event it begins now. --limit limits the list, to the newest.");
CTL_OPTION(
    OptionalText, data, std::nullopt,
    "The data of the example event, as JSON. Default: an object that says "
    "that it is a test.");
CTL_OPTION(bool, yes, false, "Removes without asking.");
CTL_OPTION(bool, pull, false,
           "Fetches events from the server instead of being called by it. The "
           "default for a server on another machine. Lists then show the "
           "deliveries of fetched events as cancelled.");
CTL_OPTION(OptionalText, forward_to, std::nullopt,
           "The http:// URL of a local application, which gets each event with "
           "its headers. Its status decides whether an event was delivered.");
CTL_OPTION(bool, all, false,
           "Starts a retry job for all events before --end_time; in place of "
           "--start_time.");
CTL_OPTION(OptionalText, selection, std::nullopt,
           "The events that a retry job delivers: failed, delivered, "
           "never_matched (events without a delivery to the webhook) or all of "
           "them. Default: failed.");
CTL_OPTION(bool, dry_run, false,
           "Only count the deliveries that the retry job would make or retry.");
CTL_OPTION(int, max_per_second, 0,
           "The number of deliveries that the retry job makes due in a second, "
           "1 to 10000; 0: 100.");
CTL_OPTION(bool, include_waiting, false,
           "Also retry pending deliveries whose last attempt has failed.");
CTL_OPTION(
    OptionalDuration, overlap, std::nullopt,
    "The time for which webhook-signature has signatures of both the old "
    "and the new secret, such as 90m. Default: 24h. panora-signature "
    "uses the new secret at once.");
CTL_OPTION(
    OptionalDuration, expires_in, std::nullopt,
    "The time until the new key expires, such as 90m or 720h. Default: never.");
CTL_OPTION(std::string, database, "sqlite:data/webhooks.db",
           "The database, as in the server's --database: sqlite:PATH, or for "
           "export and import postgres://HOST/DATABASE too.");
CTL_OPTION(OptionalText, output, std::nullopt,
           "The new file for the stream. Default: standard output.");
CTL_OPTION(OptionalText, input, std::nullopt,
           "The file with the stream. Default: standard input.");
CTL_OPTION(
    OptionalText, secret_key_file, std::nullopt,
    "The file with the keys that encrypt secrets in the database, as the "
    "server's. It needs the keys of the stream's database too. Default: "
    "secret-key in the database's folder; with postgres://, data/secret-key.");
CTL_OPTION(OptionalText, max_webhooks, std::nullopt,
           "The maximum number of webhooks of the project, or none for no "
           "limit.");
CTL_OPTION(
    OptionalText, max_requests_per_second, std::nullopt,
    "The maximum number of calls per second of the project, or none for no "
    "limit.");

namespace webhooks::ctl {
namespace {

absl::StatusOr<std::optional<absl::Time>> ReadTime(absl::string_view flag,
                                                   const OptionalText& text) {
  if (!text) return std::nullopt;
  absl::Time time;
  // Abseil also parses "infinite-future".
  if (absl::ParseTime(absl::RFC3339_full, *text, &time, nullptr) &&
      time > absl::InfinitePast() && time < absl::InfiniteFuture()) {
    return time;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--", flag, ": must be a time, such as 2026-11-23T19:56:26Z"));
}

absl::Status ReadTimes(Options& options) {
  const auto deliver_at =
      ReadTime("deliver_at", absl::GetFlag(FLAGS_deliver_at));
  if (!deliver_at.ok()) return deliver_at.status();
  const auto start = ReadTime("start_time", absl::GetFlag(FLAGS_start_time));
  if (!start.ok()) return start.status();
  const auto end = ReadTime("end_time", absl::GetFlag(FLAGS_end_time));
  if (!end.ok()) return end.status();
  options.deliver_at = *deliver_at;
  options.start_time = *start;
  if (options.since) {
    if (options.start_time || *options.since <= absl::ZeroDuration()) {
      return absl::InvalidArgumentError(
          "--since: must be positive, and not given besides --start_time");
    }
    options.start_time = absl::Now() - *options.since;
  }
  options.end_time = *end;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<TlsMaterial>> ReadTls() {
  const TlsFiles files = {absl::GetFlag(FLAGS_tls_cert),
                          absl::GetFlag(FLAGS_tls_key),
                          absl::GetFlag(FLAGS_tls_ca)};
  if (!WantsTls(files)) return std::nullopt;
  absl::Status good = CheckClientFlags(files, "tls");
  if (!good.ok()) return good;
  absl::StatusOr<TlsMaterial> material = ReadTlsFiles(files);
  if (!material.ok()) {
    return absl::InvalidArgumentError(material.status().message());
  }
  good = CheckTls(*material, files);
  if (!good.ok()) return good;
  return *std::move(material);
}

}  // namespace

absl::StatusOr<Options> ReadOptions() {
  absl::StatusOr<std::string> key =
      ReadKey({absl::GetFlag(FLAGS_key), absl::GetFlag(FLAGS_key_file)});
  if (!key.ok()) return key.status();
  absl::StatusOr<std::optional<TlsMaterial>> tls = ReadTls();
  if (!tls.ok()) return tls.status();
  Options options;
  for (const Setter set : Setters()) set(options);
  absl::Status times = ReadTimes(options);
  if (!times.ok()) return times;
  options.tls = *std::move(tls);
  options.key = *std::move(key);
  if (options.timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--timeout: must be positive");
  }
  if (options.limit < 0) {
    return absl::InvalidArgumentError("--limit: must not be negative");
  }
  return options;
}

bool TakesValue(absl::string_view flag) {
  return !absl::FindCommandLineFlag(flag)->IsOfType<bool>();
}

}  // namespace webhooks::ctl

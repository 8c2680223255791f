#include "server/ctl/options.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "server/runtime/small_file.h"

using OptionalText = std::optional<std::string>;
using OptionalDuration = std::optional<absl::Duration>;

ABSL_FLAG(std::string, server, "127.0.0.1:50051",
          "The gRPC server: host:port or unix:PATH.");
ABSL_FLAG(std::string, key, "",
          "The key to send: the administrators' key for project, key and "
          "certificate commands, and with --project; a project's key for the "
          "others. It is visible in the list of processes: prefer --key_file "
          "or WEBHOOKS_KEY.");
ABSL_FLAG(std::string, key_file, "",
          "A file with the key as its only line, such as the server's "
          "admin-key.");
ABSL_FLAG(OptionalText, project, std::nullopt,
          "The project to work on, by its id or name, with the "
          "administrators' key in place of a key of the project. For all "
          "commands but project, key and certificate.");
ABSL_FLAG(std::string, tls_ca, "",
          "A PEM file with the certificate authorities that are trusted for "
          "the server. Turns TLS on.");
ABSL_FLAG(std::string, tls_cert, "", "A PEM file with the client certificate.");
ABSL_FLAG(std::string, tls_key, "",
          "A PEM file with the private key of --tls_cert, not encrypted.");
ABSL_FLAG(std::string, tls_name, "",
          "The name that the server's certificate must have. Default: the host "
          "of --server.");
ABSL_FLAG(bool, allow_plaintext, false,
          "Send the key in plain text to a server that is not on this "
          "machine.");
ABSL_FLAG(bool, json, false, "Print JSON instead of tables.");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(15),
          "The time limit of each call to the server.");
ABSL_FLAG(int, limit, 0, "The maximum number of rows of a list; 0 for all.");
ABSL_FLAG(std::optional<bool>, active, std::nullopt,
          "For lists: only webhooks that are active, or with --active=false "
          "only inactive ones. For an update: activates or deactivates the "
          "webhook.");
ABSL_FLAG(
    OptionalText, event_type, std::nullopt,
    "For lists: only events of this type, their deliveries, or webhooks that "
    "listen to it. For a test: the type of the example event. For a retry job: "
    "only events of this type.");
ABSL_FLAG(
    OptionalText, webhook, std::nullopt,
    "Lists only deliveries to this webhook. For listen: uses this webhook, "
    "which must have no URL, and keeps it.");
ABSL_FLAG(OptionalText, event, std::nullopt,
          "Lists only deliveries of this event.");
ABSL_FLAG(OptionalText, state, std::nullopt,
          "Lists only deliveries in this state: pending, in_flight, delivered, "
          "failed, held or cancelled.");
ABSL_FLAG(OptionalText, url, std::nullopt,
          "The URL of a webhook. For lists: only webhooks with this URL.");
ABSL_FLAG(OptionalText, description, std::nullopt,
          "The description of a webhook.");
ABSL_FLAG(OptionalText, scope, std::nullopt,
          "The event types that a webhook listens to, comma-separated. Default "
          "for listen: all.");
ABSL_FLAG(
    bool, all_events, false,
    "The webhook listens to every event type. A new webhook needs this or "
    "--scope.");
ABSL_FLAG(OptionalText, delivery, std::nullopt,
          "The delivery settings of a webhook, as JSON of DeliverySettings: "
          "{\"ordered\": true, \"timeout\": \"5s\"}. Replaces all settings.");
ABSL_FLAG(OptionalText, clear, std::nullopt,
          "The fields of a webhook to clear, comma-separated: url, "
          "description, scope (like --all_events) or delivery.");
ABSL_FLAG(OptionalText, id_event, std::nullopt,
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
ABSL_FLAG(OptionalDuration, since, std::nullopt,
          "Only events published within this time before now, or their "
          "deliveries: 90m, 24h. Instead of --start_time.");
ABSL_FLAG(bool, follow, false,
          "After the list, prints deliveries that are new or have changed, "
          "until Ctrl-C. Without --since and --start_time it begins now.");
ABSL_FLAG(
    OptionalText, data, std::nullopt,
    "The data of the example event, as JSON. Default: an object that says "
    "that it is a test.");
ABSL_FLAG(bool, yes, false, "Removes without asking.");
ABSL_FLAG(bool, pull, false,
          "Fetches events from the server instead of being called by it. The "
          "default for a server on another machine.");
ABSL_FLAG(OptionalText, forward_to, std::nullopt,
          "The http:// URL of a local application, which gets each event with "
          "its headers. Its status decides whether an event was delivered.");
ABSL_FLAG(bool, all, false,
          "Starts a retry job for all events before --end_time; in place of "
          "--start_time.");
ABSL_FLAG(OptionalText, selection, std::nullopt,
          "The events that a retry job delivers: failed, delivered, "
          "never_matched (events without a delivery to the webhook) or all of "
          "them. Default: failed.");
ABSL_FLAG(bool, dry_run, false,
          "Only count the deliveries that the retry job would make or retry.");
ABSL_FLAG(bool, include_waiting, false,
          "Also retry pending deliveries whose last attempt has failed.");
ABSL_FLAG(OptionalDuration, overlap, std::nullopt,
          "The time for which webhook-signature has signatures of both the old "
          "and the new secret, such as 90m. Default: 24h. panora-signature "
          "uses the new secret at once.");
ABSL_FLAG(
    OptionalDuration, expires_in, std::nullopt,
    "The time until the new key expires, such as 90m or 720h. Default: never.");
ABSL_FLAG(std::string, database, "sqlite:data/webhooks.db",
          "The database to copy or to restore, in the form of the server's "
          "--database.");
ABSL_FLAG(OptionalText, max_webhooks, std::nullopt,
          "The maximum number of webhooks of the project, or none for no "
          "limit.");
ABSL_FLAG(
    OptionalText, max_requests_per_second, std::nullopt,
    "The maximum number of calls per second of the project, or none for no "
    "limit.");

namespace webhooks::ctl {
namespace {

// The key and the key file that one source gives; "" if it gives none.
struct KeySource {
  std::string key;
  std::string file;
  absl::string_view key_name;
  absl::string_view file_name;
};

KeySource FromCommandLine() {
  return {absl::GetFlag(FLAGS_key), absl::GetFlag(FLAGS_key_file), "--key",
          "--key_file"};
}

KeySource FromEnvironment() {
  const auto read = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  return {read("WEBHOOKS_KEY"), read("WEBHOOKS_KEY_FILE"), "WEBHOOKS_KEY",
          "WEBHOOKS_KEY_FILE"};
}

// The error must not contain the key.
absl::Status CheckKey(absl::string_view key, absl::string_view source) {
  const bool is_visible = std::all_of(
      key.begin(), key.end(), [](char c) { return absl::ascii_isgraph(c); });
  if (is_visible && !key.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(source,
                   ": not a key: it must be one line of visible ASCII "
                   "characters"));
}

absl::StatusOr<std::string> ReadKey(const KeySource& source) {
  if (!source.key.empty() && !source.file.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "give only one of ", source.key_name, " and ", source.file_name));
  }
  std::string key = source.key;
  absl::string_view name = source.key_name;
  if (!source.file.empty()) {
    const auto content = ReadSmallFile(source.file);
    name = source.file_name;
    if (!content.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": ", content.status().message()));
    }
    key = std::string(absl::StripAsciiWhitespace(*content));
  }
  absl::Status good = CheckKey(key, name);
  if (!good.ok()) return good;
  return key;
}

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
  options.since = absl::GetFlag(FLAGS_since);
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

// Returns the key of the command line, else that of the environment; "" if
// there is none.
absl::StatusOr<std::string> ReadKey() {
  for (const KeySource& source : {FromCommandLine(), FromEnvironment()}) {
    if (!source.key.empty() || !source.file.empty()) return ReadKey(source);
  }
  return "";
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

bool IsFlagBeforeValue(absl::string_view word) {
  if (!absl::ConsumePrefix(&word, "-")) return false;
  absl::ConsumePrefix(&word, "-");
  const absl::CommandLineFlag* flag = absl::FindCommandLineFlag(word);
  return flag != nullptr && !flag->IsOfType<bool>();
}

std::vector<std::string> PositionalWords(absl::Span<const std::string> words) {
  std::vector<std::string> positional;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      positional.insert(positional.end(), words.begin() + i + 1, words.end());
      break;
    }
    if (IsFlagBeforeValue(words[i])) {
      ++i;
    } else if (words[i].empty() || words[i][0] != '-' || words[i] == "-") {
      positional.push_back(words[i]);
    }
  }
  return positional;
}

absl::StatusOr<std::vector<std::string>> FlagsGiven(
    absl::Span<char* const> command_line) {
  std::vector<std::string> given;
  for (std::size_t i = 1; i < command_line.size(); ++i) {
    absl::string_view name = command_line[i];
    if (name == "--") break;
    if (!absl::ConsumePrefix(&name, "-")) continue;
    absl::ConsumePrefix(&name, "-");
    given.emplace_back(name.substr(0, name.find('=')));
    absl::string_view value;
    if (const std::size_t equals = name.find('='); equals != name.npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    } else if (IsFlagBeforeValue(command_line[i]) &&
               i + 1 < command_line.size()) {
      value = command_line[++i];
    } else {
      continue;
    }
    if (value.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, ": must not be empty"));
    }
  }
  return given;
}

absl::StatusOr<Options> ReadOptions() {
  absl::StatusOr<std::string> key = ReadKey();
  if (!key.ok()) return key.status();
  absl::StatusOr<std::optional<TlsMaterial>> tls = ReadTls();
  if (!tls.ok()) return tls.status();
  Options options;
  absl::Status times = ReadTimes(options);
  if (!times.ok()) return times;
  options.tls = *std::move(tls);
  options.tls_name = absl::GetFlag(FLAGS_tls_name);
  options.server = absl::GetFlag(FLAGS_server);
  options.key = *std::move(key);
  options.json = absl::GetFlag(FLAGS_json);
  options.timeout = absl::GetFlag(FLAGS_timeout);
  options.limit = absl::GetFlag(FLAGS_limit);
  options.active = absl::GetFlag(FLAGS_active);
  options.event_type = absl::GetFlag(FLAGS_event_type);
  options.webhook = absl::GetFlag(FLAGS_webhook);
  options.event = absl::GetFlag(FLAGS_event);
  options.state = absl::GetFlag(FLAGS_state);
  options.url = absl::GetFlag(FLAGS_url);
  options.description = absl::GetFlag(FLAGS_description);
  options.scope = absl::GetFlag(FLAGS_scope);
  options.all_events = absl::GetFlag(FLAGS_all_events);
  options.delivery = absl::GetFlag(FLAGS_delivery);
  options.clear = absl::GetFlag(FLAGS_clear);
  options.id_event = absl::GetFlag(FLAGS_id_event);
  options.data = absl::GetFlag(FLAGS_data);
  options.follow = absl::GetFlag(FLAGS_follow);
  options.yes = absl::GetFlag(FLAGS_yes);
  options.pull = absl::GetFlag(FLAGS_pull);
  options.forward_to = absl::GetFlag(FLAGS_forward_to);
  options.project = absl::GetFlag(FLAGS_project);
  options.all = absl::GetFlag(FLAGS_all);
  options.selection = absl::GetFlag(FLAGS_selection);
  options.dry_run = absl::GetFlag(FLAGS_dry_run);
  options.include_waiting = absl::GetFlag(FLAGS_include_waiting);
  options.overlap = absl::GetFlag(FLAGS_overlap);
  options.expires_in = absl::GetFlag(FLAGS_expires_in);
  options.database = absl::GetFlag(FLAGS_database);
  options.max_webhooks = absl::GetFlag(FLAGS_max_webhooks);
  options.max_requests_per_second =
      absl::GetFlag(FLAGS_max_requests_per_second);
  options.allow_plaintext = absl::GetFlag(FLAGS_allow_plaintext);
  if (options.timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--timeout: must be positive");
  }
  if (options.limit < 0) {
    return absl::InvalidArgumentError("--limit: must not be negative");
  }
  return options;
}

}  // namespace webhooks::ctl

#include "server/ctl/options.h"

#include <fstream>
#include <iterator>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

using OptionalText = std::optional<std::string>;
using OptionalDuration = std::optional<absl::Duration>;

ABSL_FLAG(std::string, server, "127.0.0.1:50051",
          "The gRPC server: host:port or unix:PATH.");
ABSL_FLAG(std::string, key, "",
          "The key: of a project for webhook commands, of administrators for "
          "project and key commands. Others see it in the list of processes: "
          "prefer --key_file or WEBHOOKS_KEY.");
ABSL_FLAG(std::string, key_file, "",
          "A file with the key in one line, such as the server's admin-key.");
ABSL_FLAG(bool, json, false, "Print JSON instead of tables.");
ABSL_FLAG(absl::Duration, timeout, absl::Seconds(15),
          "How long a command may take for each of its calls.");
ABSL_FLAG(int, limit, 0, "Lists end after as many; 0: all.");
ABSL_FLAG(std::optional<bool>, active, std::nullopt,
          "Lists only webhooks that are, or are not, active.");
ABSL_FLAG(OptionalText, event_type, std::nullopt,
          "Lists only webhooks that listen to this event type.");
ABSL_FLAG(OptionalText, url, std::nullopt,
          "The URL of a new webhook, or of those to list.");
ABSL_FLAG(OptionalText, description, std::nullopt,
          "What a new webhook is for.");
ABSL_FLAG(OptionalText, scope, std::nullopt,
          "The event types of a new webhook, with commas between them; "
          "default: every type.");
ABSL_FLAG(OptionalDuration, overlap, std::nullopt,
          "How long the old secret goes on signing; default: 24h.");
ABSL_FLAG(OptionalDuration, expires_in, std::nullopt,
          "When a new key ends, from now; default: never.");
ABSL_FLAG(OptionalText, max_webhooks, std::nullopt,
          "How many webhooks the project may have, or none for no limit.");
ABSL_FLAG(
    OptionalText, max_requests_per_second, std::nullopt,
    "How many calls a second the project may make, or none for no limit.");

namespace webhooks::ctl {
namespace {

absl::StatusOr<std::string> ReadKey() {
  const std::string path = absl::GetFlag(FLAGS_key_file);
  if (path.empty()) return absl::GetFlag(FLAGS_key);
  std::ifstream file(path);
  const std::string content(std::istreambuf_iterator<char>(file), {});
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--key_file: cannot read ", path));
  }
  return std::string(absl::StripAsciiWhitespace(content));
}

}  // namespace

absl::StatusOr<Options> ReadOptions() {
  absl::StatusOr<std::string> key = ReadKey();
  if (!key.ok()) return key.status();
  Options options;
  options.server = absl::GetFlag(FLAGS_server);
  options.key = *std::move(key);
  options.json = absl::GetFlag(FLAGS_json);
  options.timeout = absl::GetFlag(FLAGS_timeout);
  options.limit = absl::GetFlag(FLAGS_limit);
  options.active = absl::GetFlag(FLAGS_active);
  options.event_type = absl::GetFlag(FLAGS_event_type);
  options.url = absl::GetFlag(FLAGS_url);
  options.description = absl::GetFlag(FLAGS_description);
  options.scope = absl::GetFlag(FLAGS_scope);
  options.overlap = absl::GetFlag(FLAGS_overlap);
  options.expires_in = absl::GetFlag(FLAGS_expires_in);
  options.max_webhooks = absl::GetFlag(FLAGS_max_webhooks);
  options.max_requests_per_second =
      absl::GetFlag(FLAGS_max_requests_per_second);
  if (options.timeout <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--timeout: must be positive");
  }
  if (options.limit < 0) {
    return absl::InvalidArgumentError("--limit: must not be negative");
  }
  return options;
}

}  // namespace webhooks::ctl

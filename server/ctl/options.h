#ifndef WEBHOOKS_SERVER_CTL_OPTIONS_H_
#define WEBHOOKS_SERVER_CTL_OPTIONS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/runtime/tls_material.h"

namespace webhooks::ctl {

// The values of the flags; see their help texts. An optional is unset if its
// flag is not given.
struct Options {
  std::string server;
  std::string key;
  std::optional<std::string> project;
  // Unset for plain text.
  std::optional<TlsMaterial> tls;
  std::string tls_name;
  bool allow_plaintext = false;
  bool json = false;
  absl::Duration timeout;
  int limit = 0;
  std::optional<bool> active;
  std::optional<std::string> event_type;
  std::optional<std::string> webhook;
  std::optional<std::string> event;
  std::optional<std::string> state;
  std::optional<std::string> url;
  std::optional<std::string> description;
  std::optional<std::string> scope;
  bool all_events = false;
  std::optional<std::string> delivery;
  std::optional<std::string> clear;
  std::optional<std::string> id_event;
  std::optional<absl::Time> deliver_at;
  std::optional<absl::Time> start_time;
  std::optional<absl::Time> end_time;
  std::optional<absl::Duration> since;
  bool all = false;
  bool include_waiting = false;
  std::optional<std::string> selection;
  bool dry_run = false;
  int max_per_second = 0;
  std::optional<absl::Duration> overlap;
  std::optional<absl::Duration> expires_in;
  std::string database;
  std::optional<std::string> output;
  std::optional<std::string> input;
  std::optional<std::string> secret_key_file;
  std::optional<std::string> data;
  bool follow = false;
  bool yes = false;
  bool pull = false;
  std::optional<std::string> forward_to;
  std::optional<std::string> max_webhooks;
  std::optional<std::string> max_requests_per_second;
};

// Reads the flags, after ParseFlagsAndWords. INVALID_ARGUMENT names the flag,
// or the file that cannot be read.
absl::StatusOr<Options> ReadOptions();

// Returns true if the flag of webhookctl needs a value, false if it can stand
// alone.
bool TakesValue(absl::string_view flag);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_OPTIONS_H_

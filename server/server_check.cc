#include "server/server.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "server/database_check.h"
#include "server/keys/first_project.h"
#include "server/keys/key_files.h"
#include "storage/open.h"

namespace webhooks::server {
namespace {

namespace fs = std::filesystem;

bool Opens(const SecretKeys& keys, const SecretKey::Id& id) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const SecretKey& key) { return key.id() == id; });
}

// Returns the ids of the keys, in the order of the file. `found` has those that
// the database needs, if it could be inspected.
std::string ListSecretKeys(const SecretKeys& keys,
                           const absl::StatusOr<Inspection>& found) {
  std::vector<std::string> texts;
  for (const SecretKey& key : keys) {
    std::vector<absl::string_view> uses;
    if (texts.empty()) uses.push_back("encrypts");
    if (found.ok() && found->state == Inspection::State::kIntact) {
      uses.push_back(absl::c_linear_search(found->secret_keys, key.id())
                         ? "needed by the database"
                         : "not needed by the database");
    }
    texts.push_back(absl::StrCat(
        FormatKeyId(key.id()),
        uses.empty() ? ""
                     : absl::StrCat(" (", absl::StrJoin(uses, ", "), ")")));
  }
  return absl::StrJoin(texts, ", ");
}

fs::path FolderOf(const std::string& path) {
  return (fs::path(".") / path).parent_path().lexically_normal();
}

// A file of keys, and the flag that names it.
struct KeyFile {
  absl::string_view what;
  absl::string_view flag;
  const std::string& path;
};

// Checks if a start can create the file. It creates the folder of a database
// that is a file, and no other.
Finding CheckAbsent(const KeyFile& file, const Config& config,
                    const absl::StatusOr<Inspection>& found) {
  fs::path place = FolderOf(file.path);
  std::error_code error;
  const bool is_file = !found.ok() || !found->database_server;
  if (is_file && place == FolderOf(StoreFolder(config.database) + "/x")) {
    while (!fs::exists(place, error) && place.has_relative_path()) {
      place = place.has_parent_path() ? place.parent_path() : ".";
    }
  }
  const std::string folder = place.empty() ? "." : place.string();
  if (access(folder.c_str(), W_OK | X_OK) == 0) {
    return absl::StrCat(file.what, " ", file.path,
                        ": does not exist yet; a start creates it");
  }
  return absl::FailedPreconditionError(absl::StrCat(
      file.what, " ", file.path, ": does not exist, and cannot be created in ",
      folder, ": ", std::strerror(errno), "; create the folder, or give --",
      file.flag));
}

// `found` has the keys that the database needs, if it could be inspected.
Finding CheckSecretKeys(const Config& config,
                        const absl::StatusOr<Inspection>& found) {
  const std::string& path = config.secret_key_file;
  const auto keys = ReadSecretKeys(path);
  if (!keys.ok()) return keys.status();
  if (found.ok() && found->state == Inspection::State::kUnfinished &&
      !keys->has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat("secret keys ", path,
                     ": does not exist, and the keys that the database needs "
                     "are not known before a start has recovered it: put the "
                     "copy of the file back"));
  }
  for (const SecretKey::Id& id :
       found.ok() ? found->secret_keys : std::vector<SecretKey::Id>()) {
    if (!keys->has_value()) return SecretKeysLost(path);
    if (Opens(**keys, id)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "secret keys ", path, ": the key ", FormatKeyId(id),
        " is missing, and the database has secrets encrypted with it: restore "
        "its line"));
  }
  if (!keys->has_value()) {
    return CheckAbsent({"secret keys", "secret_key_file", path}, config, found);
  }
  return absl::StrCat("secret keys ", path, ": ",
                      ListSecretKeys(**keys, found));
}

Finding CheckKey(const KeyFile& file,
                 const absl::StatusOr<std::optional<std::string>>& key,
                 const Config& config,
                 const absl::StatusOr<Inspection>& found) {
  if (!key.ok()) return key.status();
  if (!key->has_value()) return CheckAbsent(file, config, found);
  return absl::StrCat(file.what, " ", file.path);
}

// Checks the addresses to listen on.
void CheckListeners(const Config& config, std::vector<Finding>& findings) {
  const PeerScope scope =
      WantsTls(config.tls) ? PeerScope::kAnywhere : config.plaintext;
  for (const std::string& text : config.listen) {
    const absl::StatusOr<Address> address = ParseAddress(text);
    // The other addresses are unix sockets.
    if (!address.ok()) continue;
    findings.push_back(
        InspectListener("listen", *address, scope, kListenRemedy));
  }
  if (!config.metrics_listen) return;
  findings.push_back(InspectListener("metrics_listen", *config.metrics_listen,
                                     config.metrics_scope, kMetricsRemedy));
}

}  // namespace

std::vector<Finding> Server::Check(const Config& config, absl::Time now) {
  std::vector<Finding> findings{InspectFlags()};
  CheckListeners(config, findings);
  if (WantsTls(config.tls)) findings.push_back(InspectTls(config.tls, now));
  const absl::StatusOr<Inspection> found = InspectStore(config.database);
  CheckDatabase(config.database, found, findings);
  absl::Status not_lost = CheckDatabaseNotLost(
      config.database, config.secret_key_file, config.api_key_file);
  if (!not_lost.ok()) findings.push_back(std::move(not_lost));
  findings.push_back(CheckSecretKeys(config, found));
  findings.push_back(
      CheckKey({"admin key", "admin_key_file", config.admin_key_file},
               ReadAdminKey(config.admin_key_file), config, found));
  // A start reads this file only if there was never a project.
  if (!found.ok() || !found->had_project) {
    findings.push_back(
        CheckKey({"API key", "api_key_file", config.api_key_file},
                 ReadApiKey(config.api_key_file), config, found));
  }
  return findings;
}

}  // namespace webhooks::server

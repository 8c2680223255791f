#include "server/check.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/key_files.h"
#include "storage/inspection.h"

namespace webhooks::server {
namespace {

std::string Describe(const Inspection& found) {
  switch (found.state) {
    case Inspection::State::kNew:
      return "not there yet; a start makes it";
    case Inspection::State::kUnfinished:
      return "not looked into; a start recovers its log first";
    case Inspection::State::kWhole:
      break;
  }
  if (found.schema_version == found.newest_version) {
    return absl::StrCat("whole, of version ", found.schema_version);
  }
  return absl::StrCat("whole, of version ", found.schema_version,
                      "; a start brings it to ", found.newest_version);
}

bool Opens(const SecretKeys& keys, const SecretKey::Id& id) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const SecretKey& key) { return key.id() == id; });
}

// `found` tells what the database needs, where that is known.
Finding CheckSecretKeys(const std::string& path,
                        const absl::StatusOr<Inspection>& found) {
  const auto keys = ReadSecretKeys(path);
  if (!keys.ok()) return keys.status();
  for (const SecretKey::Id& id :
       found.ok() ? found->secret_keys : std::vector<SecretKey::Id>()) {
    if (keys->has_value() && Opens(**keys, id)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "secret keys ", path, ": the key ", FormatKeyId(id),
        " is not there, and the database has secrets sealed under it"));
  }
  if (!keys->has_value()) {
    return absl::StrCat("secret keys ", path, ": not there yet");
  }
  return absl::StrCat("secret keys ", path, ": ", (*keys)->size());
}

Finding CheckKey(absl::string_view what, const std::string& path,
                 const absl::StatusOr<std::optional<std::string>>& found) {
  if (!found.ok()) return found.status();
  return absl::StrCat(what, " ", path,
                      found->has_value() ? "" : ": not there yet");
}

}  // namespace

std::vector<Finding> CheckStart(const Config& config, absl::Time now) {
  std::vector<Finding> findings{"flags"};
  if (WantsTls(config.tls)) findings.push_back(InspectTls(config.tls, now));
  const absl::StatusOr<Inspection> found = InspectStore(config.database);
  findings.push_back(found.ok()
                         ? Finding(absl::StrCat("database ", config.database,
                                                ": ", Describe(*found)))
                         : Finding(found.status()));
  findings.push_back(CheckSecretKeys(config.secret_key_file, found));
  findings.push_back(CheckKey("admin key", config.admin_key_file,
                              ReadAdminKey(config.admin_key_file)));
  findings.push_back(CheckKey("API key", config.api_key_file,
                              ReadApiKey(config.api_key_file)));
  return findings;
}

}  // namespace webhooks::server

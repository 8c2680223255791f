#include "server/keys/key_files.h"

#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/call/api_key.h"
#include "server/keys/private_file.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kApiKey = "an API key";
constexpr absl::string_view kAdminKey = "an admin key";

void LogMade(absl::string_view path, absl::string_view what) {
  Log(LogLevel::kInfo, "made a key file", {{"file", path}, {"holds", what}});
}

using OptionalKey = absl::StatusOr<std::optional<std::string>>;

OptionalKey ReadKey(const std::string& path, absl::string_view what,
                    bool (*is_key)(absl::string_view)) {
  auto found = ReadPrivateFile(path);
  if (!found.ok() || !found->has_value()) return found;
  std::string key(absl::StripAsciiWhitespace(**found));
  if (is_key(key)) return key;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " holds something that is not ", what));
}

// The content of new files.
std::string ContentOf(const std::string& key) {
  return absl::StrCat(key, "\n");
}

std::string ContentOf(const SecretKeys& keys) {
  return absl::StrCat(
      "# Seals the secrets in the database. Without it they are lost.\n",
      FormatSecretKey(keys.front()), "\n");
}

// Returns the key that `read` finds in the file at `path`, or else that of
// `make`, which it writes. Servers that start at once make one key together.
template <typename Key>
absl::StatusOr<Key> TakeOrMake(
    const std::string& path, absl::string_view what,
    absl::StatusOr<std::optional<Key>> (*read)(const std::string& path),
    absl::FunctionRef<absl::StatusOr<Key>()> make) {
  auto found = read(path);
  if (found.ok() && found->has_value()) return **std::move(found);
  const FolderLock lock(path);
  found = read(path);
  if (!found.ok()) return found.status();
  if (found->has_value()) return **std::move(found);
  absl::StatusOr<Key> key = make();
  if (!key.ok()) return key;
  absl::Status written = WritePrivateFile(path, ContentOf(*key));
  if (!written.ok()) return written;
  LogMade(path, what);
  return key;
}

SecretKey MakeSecretKey(Entropy& entropy) {
  SecretKey key;
  key.bytes = entropy.Bytes<32>();
  return key;
}

}  // namespace

OptionalKey ReadApiKey(const std::string& path) {
  return ReadKey(path, kApiKey, &IsApiKey);
}

OptionalKey ReadAdminKey(const std::string& path) {
  return ReadKey(path, kAdminKey, &IsAdminKey);
}

absl::StatusOr<std::optional<SecretKeys>> ReadSecretKeys(
    const std::string& path) {
  auto found = ReadPrivateFile(path);
  if (!found.ok()) return found.status();
  if (!found->has_value()) return std::nullopt;
  auto keys = ParseSecretKeys(**found);
  if (keys.ok()) return *std::move(keys);
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": ", keys.status().message()));
}

absl::StatusOr<std::string> TakeOrMakeApiKey(const std::string& path,
                                             Entropy& entropy) {
  return TakeOrMake<std::string>(path, kApiKey, &ReadApiKey,
                                 [&] { return MakeApiKey(entropy); });
}

absl::StatusOr<std::string> TakeOrMakeAdminKey(const std::string& path,
                                               Entropy& entropy) {
  return TakeOrMake<std::string>(path, kAdminKey, &ReadAdminKey,
                                 [&] { return MakeAdminKey(entropy); });
}

absl::Status SecretKeysLost(absl::string_view path) {
  return absl::FailedPreconditionError(
      absl::StrCat(path,
                   " is missing or empty, and the database has secrets sealed "
                   "under its keys: put the copy of the file back, or copy the "
                   "file of a server that uses the database"));
}

absl::StatusOr<SecretKeys> TakeOrMakeSecretKeys(const std::string& path,
                                                bool must_exist,
                                                Entropy& entropy) {
  return TakeOrMake<SecretKeys>(path, "a secret key", &ReadSecretKeys,
                                [&]() -> absl::StatusOr<SecretKeys> {
                                  if (must_exist) return SecretKeysLost(path);
                                  return SecretKeys{MakeSecretKey(entropy)};
                                });
}

}  // namespace webhooks::server

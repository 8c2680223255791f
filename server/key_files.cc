#include "server/key_files.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/call/api_key.h"
#include "server/private_file.h"
#include "server/runtime/log.h"

namespace webhooks::server {
namespace {

void LogMade(absl::string_view path, absl::string_view what) {
  Log(LogLevel::kInfo, "made a key file", {{"file", path}, {"holds", what}});
}

absl::StatusOr<std::string> TakeOrMake(const std::string& path,
                                       absl::string_view what,
                                       bool (*is_key)(absl::string_view),
                                       std::string (*make)(Entropy&),
                                       Entropy& entropy) {
  auto found = ReadPrivateFile(path);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    std::string key = make(entropy);
    absl::Status written = WritePrivateFile(path, absl::StrCat(key, "\n"));
    if (!written.ok()) return written;
    LogMade(path, what);
    return key;
  }
  std::string key(absl::StripAsciiWhitespace(**found));
  if (is_key(key)) return key;
  return absl::InvalidArgumentError(
      absl::StrCat(path, " holds something that is not ", what));
}

SecretKey MakeSecretKey(Entropy& entropy) {
  SecretKey key;
  key.bytes = entropy.Bytes<32>();
  return key;
}

}  // namespace

absl::StatusOr<std::string> TakeOrMakeApiKey(const std::string& path,
                                             Entropy& entropy) {
  return TakeOrMake(path, "an API key", &IsApiKey, &MakeApiKey, entropy);
}

absl::StatusOr<std::string> TakeOrMakeAdminKey(const std::string& path,
                                               Entropy& entropy) {
  return TakeOrMake(path, "an admin key", &IsAdminKey, &MakeAdminKey, entropy);
}

absl::StatusOr<SecretKeys> TakeOrMakeSecretKeys(const std::string& path,
                                                bool must_exist,
                                                Entropy& entropy) {
  auto found = ReadPrivateFile(path);
  if (!found.ok()) return found.status();
  if (found->has_value()) {
    auto keys = ParseSecretKeys(**found);
    if (keys.ok()) return keys;
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": ", keys.status().message()));
  }
  if (must_exist) {
    return absl::FailedPreconditionError(
        absl::StrCat(path,
                     " is missing or empty: the database has secrets sealed "
                     "under its keys"));
  }
  const SecretKey key = MakeSecretKey(entropy);
  absl::Status written = WritePrivateFile(
      path, absl::StrCat("# Seals the secrets in the database. Without it they "
                         "are lost.\n",
                         FormatSecretKey(key), "\n"));
  if (!written.ok()) return written;
  LogMade(path, "a secret key");
  return SecretKeys{key};
}

}  // namespace webhooks::server

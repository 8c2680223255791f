#include "storage/sealing/secret_key.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace webhooks {

SecretKey::Id SecretKey::id() const {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256(bytes.data(), bytes.size(), digest.data());
  Id id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

std::string FormatKeyId(const SecretKey::Id& id) {
  return absl::BytesToHexString(
      {reinterpret_cast<const char*>(id.data()), id.size()});
}

absl::StatusOr<SecretKeys> ParseSecretKeys(absl::string_view text) {
  SecretKeys keys;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line.front() == '#') continue;
    std::string bytes;
    SecretKey key;
    if (!absl::Base64Unescape(line, &bytes) ||
        bytes.size() != key.bytes.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, " is not the base64 of 32 bytes"));
    }
    std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
    keys.push_back(key);
  }
  if (keys.empty()) return absl::InvalidArgumentError("it contains no key");
  return keys;
}

std::string FormatSecretKey(const SecretKey& key) {
  return absl::Base64Escape(
      {reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()});
}

}  // namespace webhooks

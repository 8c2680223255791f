#include "server/call/api_key.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace webhooks::server {
namespace {

constexpr absl::string_view kPrefix = "whk_";
constexpr absl::string_view kAdminPrefix = "wadm_";
constexpr absl::string_view kDigits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomDigits = 43;
constexpr std::size_t kChecksumDigits = 6;
constexpr std::size_t kShownCharacters = 8;

// The last `count` base-62 digits of the big-endian number in `bytes`, by long
// division.
template <std::size_t kSize>
std::string Base62(std::array<std::uint8_t, kSize> bytes, std::size_t count) {
  std::string digits(count, kDigits[0]);
  for (std::size_t place = count; place-- > 0;) {
    unsigned remainder = 0;
    for (std::uint8_t& byte : bytes) {
      const unsigned value = remainder << 8 | byte;
      byte = static_cast<std::uint8_t>(value / kDigits.size());
      remainder = value % kDigits.size();
    }
    digits[place] = kDigits[remainder];
  }
  return digits;
}

std::string Checksum(absl::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  const std::uint32_t value = crc.checksum();
  return Base62(
      std::array<std::uint8_t, 4>{static_cast<std::uint8_t>(value >> 24),
                                  static_cast<std::uint8_t>(value >> 16),
                                  static_cast<std::uint8_t>(value >> 8),
                                  static_cast<std::uint8_t>(value)},
      kChecksumDigits);
}

std::string MakeKey(absl::string_view prefix, Entropy& entropy) {
  const std::string key =
      absl::StrCat(prefix, Base62(entropy.Bytes<32>(), kRandomDigits));
  return absl::StrCat(key, Checksum(key));
}

bool IsKey(absl::string_view prefix, absl::string_view text) {
  if (text.size() != prefix.size() + kRandomDigits + kChecksumDigits ||
      !absl::StartsWith(text, prefix)) {
    return false;
  }
  const absl::string_view digits = text.substr(prefix.size());
  const absl::string_view checked =
      text.substr(0, text.size() - kChecksumDigits);
  return std::all_of(digits.begin(), digits.end(), absl::ascii_isalnum) &&
         text.substr(checked.size()) == Checksum(checked);
}

}  // namespace

std::string MakeApiKey(Entropy& entropy) { return MakeKey(kPrefix, entropy); }

bool IsApiKey(absl::string_view text) { return IsKey(kPrefix, text); }

std::string MakeAdminKey(Entropy& entropy) {
  return MakeKey(kAdminPrefix, entropy);
}

bool IsAdminKey(absl::string_view text) { return IsKey(kAdminPrefix, text); }

ApiKeyHash HashApiKey(absl::string_view key) {
  ApiKeyHash hash;
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(),
         hash.data());
  return hash;
}

std::string ApiKeyPrefix(absl::string_view key) {
  return std::string(key.substr(0, kShownCharacters));
}

}  // namespace webhooks::server

#include "storage/uuid.h"

#include <algorithm>
#include <cstddef>

namespace webhooks {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool IsDashAt(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Uuid MakeUuidV7(absl::Time now, const std::array<std::uint8_t, 10>& random) {
  Uuid uuid{};
  const auto millis = static_cast<std::uint64_t>(absl::ToUnixMillis(now));
  for (int i = 0; i < 6; ++i) {
    uuid[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  }
  for (std::size_t i = 0; i < random.size(); ++i) uuid[6 + i] = random[i];
  uuid[6] = static_cast<std::uint8_t>(0x70 | (uuid[6] & 0x0f));
  uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3f));
  return uuid;
}

std::optional<absl::Time> TimeOfUuidV7(const Uuid& uuid) {
  if (uuid[6] >> 4 != 7) return std::nullopt;
  std::int64_t millis = 0;
  for (int i = 0; i < 6; ++i) millis = millis << 8 | uuid[i];
  return absl::FromUnixMillis(millis);
}

std::string FormatUuid(const Uuid& uuid) {
  std::string text;
  text.reserve(36);
  for (const std::uint8_t byte : uuid) {
    if (IsDashAt(text.size())) text.push_back('-');
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 0x0f]);
  }
  return text;
}

std::optional<Uuid> ParseUuid(absl::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid{};
  std::size_t nibble = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsDashAt(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return std::nullopt;
    uuid[nibble / 2] = static_cast<std::uint8_t>(uuid[nibble / 2] << 4 | value);
    ++nibble;
  }
  return uuid;
}

std::string UuidBytes(absl::string_view text) {
  const std::optional<Uuid> bytes = ParseUuid(text);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "";
}

std::string LowestIdAt(absl::Time time) {
  const Uuid uuid = MakeUuidV7(
      std::clamp(time, absl::UnixEpoch(), absl::FromUnixMillis(1LL << 47)), {});
  return std::string(uuid.begin(), uuid.end());
}

std::string UuidText(absl::string_view bytes) {
  Uuid uuid{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), uuid.size()), uuid.begin());
  return FormatUuid(uuid);
}

}  // namespace webhooks

#include "server/runtime/address_range.h"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace webhooks {
namespace {

constexpr int kBits = 128;
// Before an IPv4 address within IPv6.
constexpr int kMappedBits = 96;

bool HasBit(const AddressBytes& address, int bit) {
  return (address[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0;
}

}  // namespace

AddressBytes BytesOf(const in_addr& address) {
  AddressBytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(&bytes[12], &address, sizeof(address));
  return bytes;
}

AddressBytes BytesOf(const in6_addr& address) {
  AddressBytes bytes;
  std::memcpy(bytes.data(), &address, bytes.size());
  return bytes;
}

std::optional<AddressBytes> ReadIpv4(const std::string& text) {
  in_addr address;
  if (inet_pton(AF_INET, text.c_str(), &address) != 1) return std::nullopt;
  return BytesOf(address);
}

std::optional<AddressBytes> ReadIpv6(const std::string& text) {
  in6_addr address;
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return std::nullopt;
  return BytesOf(address);
}

absl::StatusOr<AddressRange> AddressRange::Parse(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not an address or a CIDR range"));
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  const auto ipv4 = ReadIpv4(parts[0]);
  const auto address = ipv4 ? ipv4 : ReadIpv6(parts[0]);
  if (!address || parts.size() > 2) return bad;
  AddressRange range{*address, kBits};
  if (parts.size() == 2) {
    const int offset = ipv4 ? kMappedBits : 0;
    if (parts[1].size() > 3 || !absl::c_all_of(parts[1], absl::ascii_isdigit) ||
        !absl::SimpleAtoi(parts[1], &range.bits) ||
        range.bits + offset > kBits) {
      return bad;
    }
    range.bits += offset;
  }
  for (int bit = range.bits; bit < kBits; ++bit) {
    if (HasBit(range.address, bit)) return bad;
  }
  return range;
}

bool AddressRange::Holds(const AddressBytes& other) const {
  for (int bit = 0; bit < bits; ++bit) {
    if (HasBit(address, bit) != HasBit(other, bit)) return false;
  }
  return true;
}

absl::StatusOr<std::vector<AddressRange>> ParseAddressRanges(
    absl::string_view text) {
  std::vector<AddressRange> ranges;
  for (const absl::string_view part :
       absl::StrSplit(text, ',', absl::SkipEmpty())) {
    const auto range = AddressRange::Parse(part);
    if (!range.ok()) return range.status();
    ranges.push_back(*range);
  }
  return ranges;
}

const std::vector<AddressRange>& LoopbackRanges() {
  static const std::vector<AddressRange>& ranges =
      *new std::vector<AddressRange>{*AddressRange::Parse("127.0.0.0/8"),
                                     *AddressRange::Parse("::1")};
  return ranges;
}

bool AnyHolds(const std::vector<AddressRange>& ranges,
              const AddressBytes& address) {
  return absl::c_any_of(
      ranges, [&](const AddressRange& range) { return range.Holds(address); });
}

}  // namespace webhooks

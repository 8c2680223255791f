#include "server/delivery/target_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace webhooks::server {
namespace {

constexpr int kBits = 128;
// Before an IPv4 address within IPv6.
constexpr int kMappedBits = 96;

// The IANA special-purpose registries (RFC 6890), multicast, and the addresses
// under which clouds serve their machines. IPv6 ranges that carry an IPv4
// address inside are refused as a whole.
constexpr absl::string_view kRefused[] = {
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10",  "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",   "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",    "168.63.129.16",
    "::/96",          "64:ff9b::/96",   "64:ff9b:1::/48", "100::/64",
    "2001::/32",      "2001:db8::/32",  "2002::/16",      "fc00::/7",
    "fe80::/10",      "fec0::/10",      "ff00::/8"};

AddressBytes Mapped(const in_addr& address) {
  AddressBytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(&bytes[12], &address, sizeof(address));
  return bytes;
}

AddressBytes Plain(const in6_addr& address) {
  AddressBytes bytes;
  std::memcpy(bytes.data(), &address, bytes.size());
  return bytes;
}

std::optional<AddressBytes> ParseAddress(const std::string& text,
                                         bool& is_ipv4) {
  in_addr ipv4;
  in6_addr ipv6;
  is_ipv4 = inet_pton(AF_INET, text.c_str(), &ipv4) == 1;
  if (is_ipv4) return Mapped(ipv4);
  if (inet_pton(AF_INET6, text.c_str(), &ipv6) == 1) return Plain(ipv6);
  return std::nullopt;
}

bool HasBit(const AddressBytes& address, int bit) {
  return (address[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0;
}

bool IsIn(const std::vector<AddressRange>& ranges,
          const AddressBytes& address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const auto& range) { return range.Holds(address); });
}

}  // namespace

absl::StatusOr<AddressRange> AddressRange::Parse(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no address and no range of addresses"));
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  bool is_ipv4 = false;
  const auto address = ParseAddress(parts[0], is_ipv4);
  if (!address || parts.size() > 2) return bad;
  AddressRange range{*address, kBits};
  if (parts.size() == 2) {
    const int offset = is_ipv4 ? kMappedBits : 0;
    if (parts[1].size() > 3 ||
        !std::all_of(parts[1].begin(), parts[1].end(), absl::ascii_isdigit) ||
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

TargetGuard::TargetGuard(std::vector<AddressRange> allowed)
    : allowed_(std::move(allowed)) {
  for (const absl::string_view text : kRefused) {
    refused_.push_back(*AddressRange::Parse(text));
  }
}

bool TargetGuard::Allows(const sockaddr* address) const {
  switch (address->sa_family) {
    case AF_INET:
      return Allows(
          Mapped(reinterpret_cast<const sockaddr_in*>(address)->sin_addr));
    case AF_INET6:
      return AllowsIpv6(
          Plain(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr));
    default:
      return false;
  }
}

bool TargetGuard::Allows(const std::string& address) const {
  bool is_ipv4 = false;
  const auto bytes =
      ParseAddress(address.substr(0, address.find('%')), is_ipv4);
  if (!bytes) return false;
  return is_ipv4 ? Allows(*bytes) : AllowsIpv6(*bytes);
}

// An IPv4 address that came as IPv6 is a way around somebody's rules, whatever
// it is.
bool TargetGuard::AllowsIpv6(const AddressBytes& address) const {
  static const AddressRange kMapped{Mapped({}), kMappedBits};
  return kMapped.Holds(address) ? IsIn(allowed_, address) : Allows(address);
}

bool TargetGuard::Allows(const AddressBytes& address) const {
  return IsIn(allowed_, address) || !IsIn(refused_, address);
}

}  // namespace webhooks::server

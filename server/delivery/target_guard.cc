#include "server/delivery/target_guard.h"

#include <netinet/in.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace webhooks::server {
namespace {

// The IANA special-purpose registries (RFC 6890), multicast, and the addresses
// of cloud metadata services. IPv6 ranges that embed an IPv4 address are
// refused as a whole.
constexpr absl::string_view kRefused[] = {
    "0.0.0.0/8",        // this network, RFC 791
    "10.0.0.0/8",       // private, RFC 1918
    "100.64.0.0/10",    // shared address space, RFC 6598
    "127.0.0.0/8",      // loopback, RFC 1122
    "169.254.0.0/16",   // link-local, RFC 3927; cloud metadata
    "172.16.0.0/12",    // private, RFC 1918
    "192.0.0.0/24",     // IETF protocol assignments, RFC 6890
    "192.0.2.0/24",     // documentation, RFC 5737
    "192.88.99.0/24",   // 6to4 relay, RFC 7526
    "192.168.0.0/16",   // private, RFC 1918
    "198.18.0.0/15",    // benchmarking, RFC 2544
    "198.51.100.0/24",  // documentation, RFC 5737
    "203.0.113.0/24",   // documentation, RFC 5737
    "224.0.0.0/4",      // multicast, RFC 5771
    "240.0.0.0/4",      // reserved and broadcast, RFC 1112
    "168.63.129.16",    // metadata of Azure
    "::/96",            // unspecified, loopback, IPv4-compatible, RFC 4291
    "::ffff:0:0:0/96",  // IPv4-translated, RFC 2765
    "64:ff9b::/96",     // NAT64, RFC 6052
    "64:ff9b:1::/48",   // local-use NAT64, RFC 8215
    "100::/64",         // discard-only, RFC 6666
    "2001::/32",        // Teredo, RFC 4380
    "2001:db8::/32",    // documentation, RFC 3849
    "2002::/16",        // 6to4, RFC 3056
    "fc00::/7",         // unique local, RFC 4193
    "fe80::/10",        // link-local, RFC 4291
    "fec0::/10",        // site-local, RFC 3879
    "ff00::/8",         // multicast, RFC 4291
};

// Returns the host in lower case, without the final dot of a full name.
std::string Normalized(absl::string_view host) {
  return absl::AsciiStrToLower(absl::StripSuffix(host, "."));
}

}  // namespace

bool IsLoopbackName(absl::string_view host) {
  const std::string name = Normalized(host);
  return name == "localhost" || absl::EndsWith(name, ".localhost");
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
          BytesOf(reinterpret_cast<const sockaddr_in*>(address)->sin_addr));
    case AF_INET6:
      return AllowsIpv6(
          BytesOf(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr));
    default:
      return false;
  }
}

bool TargetGuard::Allows(const std::string& address) const {
  const std::string text = address.substr(0, address.find('%'));
  if (const auto ipv4 = ReadIpv4(text)) return Allows(*ipv4);
  const auto ipv6 = ReadIpv6(text);
  return ipv6 && AllowsIpv6(*ipv6);
}

bool TargetGuard::AllowsHost(absl::string_view host) const {
  const std::string name = Normalized(host);
  if (ReadIpv4(name) || ReadIpv6(name)) return Allows(name);
  return !IsLoopbackName(name) || AllowsLoopback();
}

// Two ranges have an address in common if one contains the first address of the
// other.
bool TargetGuard::AllowsLoopback() const {
  return absl::c_any_of(allowed_, [](const AddressRange& allowed) {
    return AnyHolds(LoopbackRanges(), allowed.address) ||
           absl::c_any_of(LoopbackRanges(), [&](const AddressRange& loopback) {
             return allowed.Holds(loopback.address);
           });
  });
}

// Refuses every IPv4-mapped address that is not in `allowed`: nobody needs
// this form, and it can bypass other filters.
bool TargetGuard::AllowsIpv6(const AddressBytes& address) const {
  static const AddressRange kMapped = *AddressRange::Parse("0.0.0.0/0");
  return kMapped.Holds(address) ? AnyHolds(allowed_, address) : Allows(address);
}

bool TargetGuard::Allows(const AddressBytes& address) const {
  return AnyHolds(allowed_, address) || !AnyHolds(refused_, address);
}

}  // namespace webhooks::server

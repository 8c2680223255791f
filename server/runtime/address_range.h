#ifndef WEBHOOKS_SERVER_RUNTIME_ADDRESS_RANGE_H_
#define WEBHOOKS_SERVER_RUNTIME_ADDRESS_RANGE_H_

#include <netinet/in.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// Compares addresses as bytes, since one address has many text forms.
namespace webhooks {

// An IPv6 address; IPv4 as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;

AddressBytes BytesOf(const in_addr& address);
AddressBytes BytesOf(const in6_addr& address);

// Parse an address; nullopt if the text is not one.
std::optional<AddressBytes> ReadIpv4(const std::string& text);
std::optional<AddressBytes> ReadIpv6(const std::string& text);

// The addresses that have the first `bits` bits of `address`.
struct AddressRange {
  AddressBytes address{};
  int bits = 0;

  // Parses "10.0.0.0/8", "fd00::/8" or a single address. INVALID_ARGUMENT if
  // the text is malformed, or has bits set after the prefix.
  static absl::StatusOr<AddressRange> Parse(absl::string_view text);

  bool Holds(const AddressBytes& other) const;
};

// Parses comma-separated ranges. INVALID_ARGUMENT names the malformed one.
absl::StatusOr<std::vector<AddressRange>> ParseAddressRanges(
    absl::string_view text);

// Returns 127.0.0.0/8 and ::1.
const std::vector<AddressRange>& LoopbackRanges();

// Returns true if one of `ranges` contains the address.
bool AnyHolds(const std::vector<AddressRange>& ranges,
              const AddressBytes& address);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_ADDRESS_RANGE_H_

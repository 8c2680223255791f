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

// Addresses as bytes: as text one has many forms.
namespace webhooks {

// An IPv6 address; IPv4 as ::ffff:a.b.c.d.
using AddressBytes = std::array<std::uint8_t, 16>;

AddressBytes BytesOf(const in_addr& address);
AddressBytes BytesOf(const in6_addr& address);

// Nothing where the text is no such address.
std::optional<AddressBytes> ReadIpv4(const std::string& text);
std::optional<AddressBytes> ReadIpv6(const std::string& text);

// The addresses whose first `bits` bits are those of `address`.
struct AddressRange {
  AddressBytes address{};
  int bits = 0;

  // Reads "10.0.0.0/8", "fd00::/8" or one address. INVALID_ARGUMENT: it is
  // neither, or has bits set behind its prefix.
  static absl::StatusOr<AddressRange> Parse(absl::string_view text);

  bool Holds(const AddressBytes& other) const;
};

// Reads several, with commas between. INVALID_ARGUMENT names the bad one.
absl::StatusOr<std::vector<AddressRange>> ParseAddressRanges(
    absl::string_view text);

// Returns true if one of `ranges` holds the address.
bool AnyHolds(const std::vector<AddressRange>& ranges,
              const AddressBytes& address);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_ADDRESS_RANGE_H_

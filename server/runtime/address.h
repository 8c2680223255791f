#ifndef WEBHOOKS_SERVER_RUNTIME_ADDRESS_H_
#define WEBHOOKS_SERVER_RUNTIME_ADDRESS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks {

// Where to listen: a name or address, and a port; "0" picks a free one.
struct Address {
  std::string host;
  std::string port;
};

// Reads "127.0.0.1:8080", "[::1]:8080" or "localhost:0". INVALID_ARGUMENT names
// what is not host:port.
absl::StatusOr<Address> ParseAddress(absl::string_view text);

// Reads the value of a flag for one address: none where it is empty.
// INVALID_ARGUMENT names the flag.
absl::StatusOr<std::optional<Address>> ParseOptionalAddress(
    absl::string_view flag, absl::string_view text);

// Reads several, with commas between. INVALID_ARGUMENT names the bad one.
absl::StatusOr<std::vector<Address>> ParseAddresses(absl::string_view text);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_ADDRESS_H_

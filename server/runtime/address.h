#ifndef WEBHOOKS_SERVER_RUNTIME_ADDRESS_H_
#define WEBHOOKS_SERVER_RUNTIME_ADDRESS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks {

// An address to listen on: a host name or address, and a port; "0" picks a free
// port.
struct Address {
  std::string host;
  std::string port;
};

// Parses "127.0.0.1:8080", "[::1]:8080" or "localhost:0". INVALID_ARGUMENT if
// the text is not host:port.
absl::StatusOr<Address> ParseAddress(absl::string_view text);

// Parses the value of a flag for one address; nullopt if it is empty.
// INVALID_ARGUMENT names the flag.
absl::StatusOr<std::optional<Address>> ParseOptionalAddress(
    absl::string_view flag, absl::string_view text);

// Parses comma-separated addresses. INVALID_ARGUMENT names the malformed one.
absl::StatusOr<std::vector<Address>> ParseAddresses(absl::string_view text);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_ADDRESS_H_

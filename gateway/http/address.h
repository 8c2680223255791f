#ifndef WEBHOOKS_GATEWAY_HTTP_ADDRESS_H_
#define WEBHOOKS_GATEWAY_HTTP_ADDRESS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// Where to listen: a name or address, and a port; "0" picks a free one.
struct Address {
  std::string host;
  std::string port;
};

// Reads "127.0.0.1:8080,[::1]:8080,localhost:0". INVALID_ARGUMENT names the
// part that is not host:port.
absl::StatusOr<std::vector<Address>> ParseAddresses(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_ADDRESS_H_

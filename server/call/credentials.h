#ifndef WEBHOOKS_SERVER_CALL_CREDENTIALS_H_
#define WEBHOOKS_SERVER_CALL_CREDENTIALS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace grpc {
class ServerContextBase;
}

namespace webhooks::server {

// The credentials of a call.
struct Credentials {
  // True if the call has x-api-key metadata. `key` is its value; "" if there
  // are several. A view into the call's context.
  bool has_key = false;
  absl::string_view key = {};
  // The same for x-project metadata.
  bool has_project = false;
  absl::string_view project = {};
  // The address of the peer; see ClientAddressOfPeer.
  std::string address = {};
  // The client's address as forwarded in metadata, which anybody can send; ""
  // if there is none or several.
  std::string forwarded_address = {};
  // The name of the peer's verified certificate; "" if it has none.
  std::string certificate = {};
  // The name of the client's certificate as forwarded in metadata, which
  // anybody can send; "" if there is none or several.
  std::string forwarded_certificate = {};
};

Credentials ReadCredentials(const grpc::ServerContextBase& context);

// Returns true if a gateway makes the call: it forwards a client's address.
// Anybody can send one.
bool IsOfGateway(const grpc::ServerContextBase& context);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CREDENTIALS_H_

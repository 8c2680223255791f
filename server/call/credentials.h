#ifndef WEBHOOKS_SERVER_CALL_CREDENTIALS_H_
#define WEBHOOKS_SERVER_CALL_CREDENTIALS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace grpc {
class ServerContextBase;
}

namespace webhooks::server {

// The credentials that a call shows.
struct Credentials {
  // True if the call carries x-api-key, of which `key` is the one value; "" if
  // there are several, or an empty one. A view into the call's context.
  bool has_key = false;
  absl::string_view key = {};
  // The other end of the connection, as of ClientAddress.
  std::string address = {};
  // The same of a gateway's client, as the call's metadata has it; anybody can
  // send it. "": none, or several.
  std::string forwarded_address = {};
  // The name of the certificate that the other end of the connection has shown,
  // and that was verified; "": none.
  std::string certificate = {};
  // The name that the call's metadata has for the certificate of a gateway's
  // client; anybody can send it. "": none, or several.
  std::string forwarded_certificate = {};
};

Credentials ReadCredentials(const grpc::ServerContextBase& context);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_CREDENTIALS_H_

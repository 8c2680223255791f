#ifndef WEBHOOKS_SERVER_DELIVERY_CURL_CONNECTIONS_H_
#define WEBHOOKS_SERVER_DELIVERY_CURL_CONNECTIONS_H_

#include <curl/curl.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace webhooks::server {

// The sockets of libcurl's connections by their addresses, which is all that it
// tells of the idle connection that it is about to use again. For one thread at
// a time.
class CurlConnections {
 public:
  // Has `handle` close its sockets through this, which must outlive them.
  void Attach(CURL* handle);

  // A connection by its addresses.
  struct AddressPair {
    absl::string_view address;
    int port = 0;
    absl::string_view local_address;
    int local_port = 0;
  };

  // A request is about to be sent on a new connection, which has one of the
  // sockets `opened`.
  void Add(const std::vector<curl_socket_t>& opened,
           const AddressPair& addresses);

  // Returns whether a request may be sent on the connection: its receiver has
  // sent nothing since the last answer, and has not closed it (RFC 9112,
  // section 6.3). `handle` is the one that is about to use it.
  bool IsClean(CURL* handle, const AddressPair& addresses) const;

 private:
  static int CloseSocket(void* self, curl_socket_t socket);

  absl::flat_hash_map<std::string, curl_socket_t> by_addresses_;
  absl::flat_hash_map<curl_socket_t, std::string> names_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_CONNECTIONS_H_

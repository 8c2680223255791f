#ifndef WEBHOOKS_SERVER_DELIVERY_CURL_CONNECTIONS_H_
#define WEBHOOKS_SERVER_DELIVERY_CURL_CONNECTIONS_H_

#include <curl/curl.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace webhooks::server {

// Finds the sockets of libcurl's connections by their addresses: libcurl
// reports nothing else about a connection before it reuses it. Not thread-safe.
class CurlConnections {
 public:
  // Makes `handle` close its sockets through this, which must outlive them.
  void Attach(CURL* handle);

  // The remote and the local address of a connection.
  struct AddressPair {
    absl::string_view address;
    int port = 0;
    absl::string_view local_address;
    int local_port = 0;
  };

  // Adds a new connection, which uses one of the sockets in `opened`.
  void Add(const std::vector<curl_socket_t>& opened,
           const AddressPair& addresses);

  // Returns true if a request may be sent on the connection: its receiver has
  // sent nothing since the last response, and has not closed it (RFC 9112,
  // section 6.3). `handle` is about to use the connection.
  bool IsClean(CURL* handle, const AddressPair& addresses) const;

 private:
  static int CloseSocket(void* self, curl_socket_t socket);

  absl::flat_hash_map<std::string, curl_socket_t> by_addresses_;
  absl::flat_hash_map<curl_socket_t, std::string> names_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_CURL_CONNECTIONS_H_

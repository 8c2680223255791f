#include "server/delivery/curl_connections.h"

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"

namespace webhooks::server {
namespace {

std::string NameOf(const CurlConnections::AddressPair& addresses) {
  return absl::StrCat(addresses.address, " ", addresses.port, " ",
                      addresses.local_address, " ", addresses.local_port);
}

// Returns the local port of the socket; 0 if it has none.
int LocalPort(curl_socket_t socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return 0;
  }
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
}

// Returns true if OpenSSL holds bytes of the connection that were not read.
bool HasUnreadTls(CURL* handle) {
  curl_tlssessioninfo* session = nullptr;
  if (curl_easy_getinfo(handle, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK ||
      session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL ||
      session->internals == nullptr) {
    return false;
  }
  return SSL_has_pending(static_cast<const SSL*>(session->internals)) == 1;
}

}  // namespace

void CurlConnections::Attach(CURL* handle) {
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, &CloseSocket);
  curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
}

void CurlConnections::Add(const std::vector<curl_socket_t>& opened,
                          const AddressPair& addresses) {
  for (const curl_socket_t socket : opened) {
    if (LocalPort(socket) != addresses.local_port) continue;
    std::string name = NameOf(addresses);
    by_addresses_[name] = socket;
    names_[socket] = std::move(name);
  }
}

bool CurlConnections::IsClean(CURL* handle,
                              const AddressPair& addresses) const {
  const auto found = by_addresses_.find(NameOf(addresses));
  if (found == by_addresses_.end()) return false;
  pollfd readable{found->second, POLLIN | POLLRDHUP, 0};
  return poll(&readable, 1, 0) == 0 && !HasUnreadTls(handle);
}

int CurlConnections::CloseSocket(void* self, curl_socket_t socket) {
  auto& connections = *static_cast<CurlConnections*>(self);
  const auto found = connections.names_.find(socket);
  if (found != connections.names_.end()) {
    connections.by_addresses_.erase(found->second);
    connections.names_.erase(found);
  }
  return close(socket);
}

}  // namespace webhooks::server

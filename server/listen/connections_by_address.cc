#include "server/listen/connections_by_address.h"

#include <netinet/in.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "server/runtime/client_address.h"

namespace webhooks::server {
namespace {

// Whether the file is still the connection from `peer`: one that is closed, and
// whatever has its number since, is from somewhere else.
bool IsFrom(int connection, const sockaddr_storage& peer) {
  sockaddr_storage now = {};
  socklen_t size = sizeof(now);
  if (getpeername(connection, reinterpret_cast<sockaddr*>(&now), &size) != 0) {
    return false;
  }
  return std::memcmp(&now, &peer, size) == 0;
}

}  // namespace

bool ConnectionsByAddress::Add(int connection, const sockaddr_storage& peer) {
  const std::string client =
      ClientAddress(reinterpret_cast<const sockaddr*>(&peer));
  Forget(connection);
  if (client.empty()) return true;
  const auto is_full = [&] {
    const auto found = clients_.find(client);
    return found != clients_.end() &&
           found->second.size() >= static_cast<std::size_t>(limit_);
  };
  if (is_full()) ForgetClosed(client);
  if (is_full()) return false;
  clients_[client].insert(connection);
  connections_.insert_or_assign(connection, Connection{client, peer});
  return true;
}

void ConnectionsByAddress::Forget(int connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  const auto client = clients_.find(found->second.client);
  client->second.erase(connection);
  if (client->second.empty()) clients_.erase(client);
  connections_.erase(found);
}

void ConnectionsByAddress::ForgetClosed(const std::string& client) {
  std::vector<int> closed;
  for (const int connection : clients_.at(client)) {
    if (!IsFrom(connection, connections_.at(connection).peer)) {
      closed.push_back(connection);
    }
  }
  for (const int connection : closed) Forget(connection);
}

}  // namespace webhooks::server

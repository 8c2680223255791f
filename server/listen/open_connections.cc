#include "server/listen/open_connections.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/listen/tcp_socket.h"
#include "server/runtime/client_address.h"

namespace webhooks::server {
namespace {

using State = ConnectionUse::State;

// The number of connections that a call of Examine examines.
constexpr std::size_t kExaminedAtOnce = 1000;

// The maximum unexplained bytes of one address, over its connections without an
// authenticated caller. Above, those with kMinFloodBytes are shut.
constexpr std::int64_t kMaxBytesOfAddress =
    2 * ConnectionUse::kMaxUnexplainedOfUnknown;

// The maximum numbers of calls that wait for a handler, of one address and of
// all, over connections without an authenticated caller. Above, connections
// with more than kMinHeldCalls in two examinations are shut.
constexpr std::int64_t kMaxCallsOfAddress = 1024;
constexpr std::int64_t kMaxCalls = 8192;
constexpr std::int64_t kMinHeldCalls = 32;

// The open calls of a connection are counted each time that it has received
// this much, which is at most a few hundred calls. Counting takes about 20 us.
constexpr std::int64_t kCountEvery = 16 << 10;

// They are counted at least this often while data arrives.
constexpr absl::Duration kCountAtLeastEvery = absl::Seconds(1);

constexpr absl::Duration kListAllEvery = absl::Seconds(1);

std::string AddressOf(const sockaddr_storage& peer) {
  return ClientAddress(reinterpret_cast<const sockaddr*>(&peer));
}

}  // namespace

OpenConnections::~OpenConnections() {
  for (const auto& [descriptor, connection] : connections_) close(descriptor);
}

absl::StatusOr<int> OpenConnections::Add(int connection,
                                         const sockaddr_storage& peer) {
  std::string address = AddressOf(peer);
  if (connections_.size() >= static_cast<std::size_t>(limits_.connections)) {
    return absl::ResourceExhaustedError("too many connections");
  }
  if (!address.empty() &&
      addresses_[address].connections >= limits_.connections_per_address) {
    return absl::ResourceExhaustedError("too many connections of one address");
  }
  std::string name = PeerName(peer);
  if (HasOpen(name)) {
    return absl::ResourceExhaustedError(
        "there is a connection of the same address and port");
  }
  const int descriptor = fcntl(connection, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return absl::UnavailableError(std::strerror(errno));
  auto added = std::make_unique<Connection>();
  added->descriptor = descriptor;
  added->peer = std::move(name);
  added->use = std::make_shared<ConnectionUse>(IsGateway(address));
  added->address = std::move(address);
  if (!added->address.empty()) {
    ++addresses_[added->address].connections;
    absl::MutexLock lock(&mutex_);
    by_peer_[added->peer] = added.get();
    ++without_transport_;
  }
  connections_.emplace(descriptor, std::move(added));
  ++size_;
  return descriptor;
}

// With two listeners, two connections can have the same peer name.
bool OpenConnections::HasOpen(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  const auto found = by_peer_.find(name);
  if (found == by_peer_.end()) return false;
  pollfd file = {found->second->descriptor, 0, 0};
  return poll(&file, 1, 0) == 0;
}

bool OpenConnections::IsGateway(const std::string& address) const {
  const auto bytes = BytesOfClient(address);
  return bytes && AnyHolds(limits_.gateways, *bytes);
}

void OpenConnections::Remove(int descriptor, absl::Time now) {
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  Connection& connection = *found->second;
  if (!connection.address.empty()) {
    Address& address = addresses_[connection.address];
    --address.connections;
    AddHeld(connection, -1);
    // gRPC may no longer know its calls.
    connection.use->Classify(BytesReceived(descriptor), connection.open_calls,
                             now);
    if (connection.use->was_flood()) MakeWait(address, now);
    if (connection.transport == 0) --without_transport_;
    absl::MutexLock lock(&mutex_);
    const auto named = by_peer_.find(connection.peer);
    if (named != by_peer_.end() && named->second == &connection) {
      by_peer_.erase(named);
    }
  }
  connections_.erase(found);
  --size_;
  close(descriptor);
}

absl::Time OpenConnections::WaitsUntil(const sockaddr_storage& peer) const {
  const auto found = addresses_.find(AddressOf(peer));
  return found == addresses_.end() ? absl::InfinitePast()
                                   : found->second.waits_until;
}

std::shared_ptr<ConnectionUse> OpenConnections::Find(
    absl::string_view peer) const {
  absl::MutexLock lock(&mutex_);
  const auto found = by_peer_.find(peer);
  return found == by_peer_.end() ? nullptr : found->second->use;
}

std::vector<OpenConnections::Shut> OpenConnections::Examine(absl::Time now) {
  std::vector<Shut> shut;
  if (without_transport_ > 0) FindTransports(now);
  if (round_.empty()) StartRound(now);
  for (std::size_t i = 0; i < kExaminedAtOnce && !round_.empty(); ++i) {
    const auto found = connections_.find(round_.back());
    round_.pop_back();
    if (found == connections_.end()) continue;
    Connection& connection = *found->second;
    if (connection.is_shut) continue;
    const State state = ExamineOne(connection, now);
    if (state == State::kNormal) continue;
    connection.is_shut = true;
    AddHeld(connection, -1);
    connection.held = {};
    ShutDown(connection.descriptor);
    shut.push_back({connection.address, state});
    if (state == State::kFlood && !connection.use->is_gateway()) {
      MakeWait(addresses_[connection.address], now);
    }
  }
  return shut;
}

void OpenConnections::StartRound(absl::Time now) {
  for (const auto& [descriptor, connection] : connections_) {
    if (!connection->address.empty()) round_.push_back(descriptor);
  }
  absl::erase_if(addresses_, [&](const auto& one) {
    return one.second.connections == 0 &&
           one.second.waits_until + kMaxWait < now;
  });
}

void OpenConnections::FindTransports(absl::Time now) {
  std::int64_t after = last_transport_;
  if (now >= list_all_at_) {
    list_all_at_ = now + kListAllEvery;
    after = 0;
  }
  for (const Transport& transport : ListTransports(after)) {
    last_transport_ = std::max(last_transport_, transport.id);
    absl::MutexLock lock(&mutex_);
    const auto found = by_peer_.find(transport.peer);
    if (found == by_peer_.end() || found->second->transport != 0) continue;
    found->second->transport = transport.id;
    --without_transport_;
  }
}

void OpenConnections::CountCalls(Connection& connection, std::int64_t bytes,
                                 absl::Time now) {
  const bool is_due =
      bytes - connection.counted_at >= kCountEvery ||
      (bytes > connection.counted_at &&
       now - connection.counted_time >= kCountAtLeastEvery) ||
      connection.open_calls > kMinHeldCalls ||
      connection.use->unexplained() > ConnectionUse::kMinStalledBytes;
  if (!is_due) return;
  connection.counted_at = bytes;
  connection.counted_time = now;
  connection.open_calls = count_(connection.transport);
}

State OpenConnections::ExamineOne(Connection& connection, absl::Time now) {
  ConnectionUse& use = *connection.use;
  const bool was_suspicious = use.is_suspicious();
  const std::int64_t bytes = BytesReceived(connection.descriptor);
  CountCalls(connection, bytes, now);
  AddHeld(connection, -1);
  const State state = use.Classify(bytes, connection.open_calls, now);
  connection.held = {use.unexplained_of_unknown(),
                     use.WaitingOfUnknown(connection.open_calls)};
  AddHeld(connection, 1);
  if (use.is_suspicious() != was_suspicious) {
    ReadSlowly(connection.descriptor, use.is_suspicious());
  }
  const bool holds_too_much = HoldsTooMuchMemory(connection);
  return holds_too_much && state == State::kNormal ? State::kFlood : state;
}

void OpenConnections::AddHeld(Connection& connection, int sign) {
  Held& of_address = addresses_[connection.address].held;
  for (Held* sum : {&of_address, &held_}) {
    sum->bytes += sign * connection.held.bytes;
    sum->calls += sign * connection.held.calls;
  }
}

// Many calls may wait for a moment, so a connection must hold many of them in
// two examinations.
bool OpenConnections::HoldsTooMuchMemory(Connection& connection) {
  const Held& of_address = addresses_[connection.address].held;
  const bool holds_many_calls =
      connection.held.calls > kMinHeldCalls &&
      (of_address.calls > kMaxCallsOfAddress || held_.calls > kMaxCalls);
  const bool held_many_calls =
      std::exchange(connection.held_many_calls, holds_many_calls);
  return (holds_many_calls && held_many_calls) ||
         (connection.held.bytes > ConnectionUse::kMinFloodBytes &&
          of_address.bytes > kMaxBytesOfAddress);
}

// Several floods during one wait count once.
void OpenConnections::MakeWait(Address& address, absl::Time now) {
  if (now < address.waits_until) return;
  if (address.waits_until + kMaxWait < now) {
    address.wait = absl::ZeroDuration();
  }
  address.wait = std::clamp(address.wait * 2, kMinWait, kMaxWait);
  address.waits_until = now + address.wait;
}

}  // namespace webhooks::server

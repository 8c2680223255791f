#ifndef WEBHOOKS_SERVER_LISTEN_OPEN_CONNECTIONS_H_
#define WEBHOOKS_SERVER_LISTEN_OPEN_CONNECTIONS_H_

#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/listen/connection_use.h"
#include "server/listen/transport_calls.h"
#include "server/runtime/address_range.h"

namespace webhooks::server {

// The open connections. Has its own descriptor of each, besides that of gRPC,
// to count connections and to shut floods. Find and size are thread-safe; the
// rest is for the acceptor's thread.
class OpenConnections {
 public:
  // The maximum numbers of open connections, 1 to 1,000,000.
  struct Limits {
    int connections = 0;
    // From one address; see ClientAddress.
    int connections_per_address = 0;
    // The addresses of gateways, whose connections carry many clients.
    std::vector<AddressRange> gateways = {};
  };

  // The address of a flood must wait before it may connect again: kMinWait at
  // first, twice as long after each further flood, at most kMaxWait. Starts
  // again after kMaxWait without a flood.
  static constexpr absl::Duration kMinWait = absl::Seconds(1);
  static constexpr absl::Duration kMaxWait = absl::Minutes(1);

  // See CountOpenCalls, which tests replace.
  using CountCallsOf = std::function<std::int64_t(std::int64_t transport)>;

  explicit OpenConnections(Limits limits, CountCallsOf count = &CountOpenCalls)
      : limits_(std::move(limits)), count_(std::move(count)) {}

  // Closes the descriptors.
  ~OpenConnections();

  // Adds a connection that was accepted from `peer`. Returns a descriptor of
  // it, which the caller watches: POLLHUP means that the connection has ended
  // and must be removed. RESOURCE_EXHAUSTED if there are too many connections,
  // or another one with the same peer; UNAVAILABLE if the process is out of
  // file descriptors.
  absl::StatusOr<int> Add(int connection, const sockaddr_storage& peer);

  // Removes a connection that has ended. `now` is of the steady clock. If gRPC
  // has ended it as a flood, its address must wait.
  void Remove(int descriptor, absl::Time now);

  // Returns the time until which the address of `peer` must wait.
  absl::Time WaitsUntil(const sockaddr_storage& peer) const;

  // Returns the use of the connection that gRPC names `peer`; null for a unix
  // socket and a connection that has ended.
  std::shared_ptr<ConnectionUse> Find(absl::string_view peer) const;

  // Examines some connections at `now` of the steady clock; a few calls examine
  // all. Shuts floods and stalled connections, and returns them.
  struct Shut {
    std::string address;
    ConnectionUse::State state;
  };
  std::vector<Shut> Examine(absl::Time now);

  int size() const { return size_; }

 private:
  // Sums over connections without an authenticated caller: unexplained bytes,
  // and calls that wait for a handler.
  struct Held {
    std::int64_t bytes = 0;
    std::int64_t calls = 0;
  };

  struct Connection {
    int descriptor = -1;
    // gRPC's name of the peer, and its address for the limits; "" for a unix
    // socket.
    std::string peer;
    std::string address;
    std::shared_ptr<ConnectionUse> use;
    // The id of its Transport; 0 until gRPC has taken over the connection.
    std::int64_t transport = 0;
    // The number of open calls, and the received bytes and the time when they
    // were counted.
    std::int64_t open_calls = 0;
    std::int64_t counted_at = 0;
    absl::Time counted_time = absl::InfinitePast();
    // Results of the last examination.
    Held held;
    bool held_many_calls = false;
    bool is_shut = false;
  };

  // Sums over the connections of one address.
  struct Address {
    int connections = 0;
    Held held;
    absl::Time waits_until = absl::InfinitePast();
    absl::Duration wait;
  };

  bool HasOpen(const std::string& name) const;
  bool IsGateway(const std::string& address) const;
  void StartRound(absl::Time now);
  void FindTransports(absl::Time now);
  void CountCalls(Connection& connection, std::int64_t bytes, absl::Time now);
  // Adds the connection to the sums, or removes it if `sign` is -1.
  void AddHeld(Connection& connection, int sign);
  // Returns true if the sums are above a limit and the connection has a
  // significant part in them.
  bool HoldsTooMuchMemory(Connection& connection);
  ConnectionUse::State ExamineOne(Connection& connection, absl::Time now);
  static void MakeWait(Address& address, absl::Time now);

  const Limits limits_;
  const CountCallsOf count_;
  std::atomic<int> size_ = 0;
  // By descriptor.
  absl::flat_hash_map<int, std::unique_ptr<Connection>> connections_;
  absl::flat_hash_map<std::string, Address> addresses_;
  Held held_;
  // The number of TCP connections without a transport; the highest id that was
  // listed; and the time to list all again, since a transport may be listed
  // late.
  int without_transport_ = 0;
  std::int64_t last_transport_ = 0;
  absl::Time list_all_at_ = absl::InfinitePast();
  // Descriptors that are still to examine in this round.
  std::vector<int> round_;
  mutable absl::Mutex mutex_;
  // TCP connections by gRPC's name of the peer.
  absl::flat_hash_map<std::string, Connection*> by_peer_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_OPEN_CONNECTIONS_H_

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

// The connections that are open, each with a descriptor of its own beside that
// of gRPC, so that they can be counted, and shut where they are floods. Find
// and size are thread-safe; the rest is for the acceptor's thread.
class OpenConnections {
 public:
  // The most that may be open at a time: 1 to 1,000,000.
  struct Limits {
    int connections = 0;
    // From one address; see ClientAddress.
    int connections_per_address = 0;
    // Each brings the calls of many clients.
    std::vector<AddressRange> gateways = {};
  };

  // The address of a flood waits before it may connect again: at first for as
  // long, then twice as long with each flood up to the longest, until there was
  // none for that long.
  static constexpr absl::Duration kFirstWait = absl::Seconds(1);
  static constexpr absl::Duration kLongestWait = absl::Minutes(1);

  // See CountOpenCalls, which tests replace.
  using CountCallsOf = std::function<std::int64_t(std::int64_t transport)>;

  explicit OpenConnections(Limits limits, CountCallsOf count = &CountOpenCalls)
      : limits_(std::move(limits)), count_(std::move(count)) {}

  // Closes the descriptors.
  ~OpenConnections();

  // Counts the connection, which was just accepted from `peer`. Returns its own
  // descriptor, which tells by POLLHUP that the connection is over: Remove it
  // then. RESOURCE_EXHAUSTED: there are too many connections, or one of the
  // same peer; UNAVAILABLE: the process is out of files.
  absl::StatusOr<int> Add(int connection, const sockaddr_storage& peer);

  // The connection of this descriptor is over at `now`, of the steady clock. If
  // it was a flood that gRPC has ended by itself, its address waits.
  void Remove(int descriptor, absl::Time now);

  // Returns until when the connections of the address wait.
  absl::Time WaitsUntil(const sockaddr_storage& peer) const;

  // Returns the use of the connection that gRPC names `peer`; null if there is
  // none: of a unix socket, or one that is over.
  std::shared_ptr<ConnectionUse> Find(absl::string_view peer) const;

  // Looks at some connections at `now`, as of Remove, and shuts those
  // that are floods or stalled; all have been looked at after a few calls.
  // Returns the addresses of those that were shut, with the cause.
  struct Shut {
    std::string address;
    ConnectionUse::State state;
  };
  std::vector<Shut> Examine(absl::Time now);

  int size() const { return size_; }

 private:
  // Sums over connections without a known sender: bytes that no call explains,
  // and calls that no handler has begun.
  struct Held {
    std::int64_t bytes = 0;
    std::int64_t calls = 0;
  };

  struct Connection {
    int descriptor = -1;
    // The name that gRPC gives it, and the one that limits use; "" for a unix
    // socket.
    std::string peer;
    std::string address;
    std::shared_ptr<ConnectionUse> use;
    // The id of its Transport; 0 until gRPC has taken the connection over.
    std::int64_t transport = 0;
    // Calls that were open when so many bytes had been received, at this time.
    std::int64_t open_calls = 0;
    std::int64_t counted_at = 0;
    absl::Time counted_time = absl::InfinitePast();
    // Found by the last examination.
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
  void BeginRound(absl::Time now);
  void FindTransports(absl::Time now);
  void CountCalls(Connection& connection, std::int64_t bytes, absl::Time now);
  // Adds what the connection holds to the sums, or takes it out of them.
  void AddHeld(Connection& connection, int sign);
  // Returns true if connections together hold so much that this one, which
  // holds a part of it, must go.
  bool HoldsTooMuch(Connection& connection);
  ConnectionUse::State ExamineOne(Connection& connection, absl::Time now);
  static void Punish(Address& address, absl::Time now);

  const Limits limits_;
  const CountCallsOf count_;
  std::atomic<int> size_ = 0;
  // By descriptor.
  absl::flat_hash_map<int, std::unique_ptr<Connection>> connections_;
  absl::flat_hash_map<std::string, Address> addresses_;
  Held held_;
  // The number of TCP connections that have no transport yet; the highest id of
  // a transport that was listed; and the time to list all again, since one may
  // be listed late.
  int without_transport_ = 0;
  std::int64_t last_transport_ = 0;
  absl::Time list_all_at_ = absl::InfinitePast();
  // Descriptors that this round has not examined yet.
  std::vector<int> round_;
  mutable absl::Mutex mutex_;
  // The connections by TCP, by gRPC's name of their peer.
  absl::flat_hash_map<std::string, Connection*> by_peer_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_OPEN_CONNECTIONS_H_

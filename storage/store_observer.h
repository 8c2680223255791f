#ifndef WEBHOOKS_STORAGE_STORE_OBSERVER_H_
#define WEBHOOKS_STORAGE_STORE_OBSERVER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/delivery_queue.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// An event that was published. Ids are text.
struct PublishedEvent {
  std::string id;
  std::string project;
  std::string type;
  int matched_webhooks = 0;
  // The trace of the call that published it.
  TraceHeaders trace;
};

// A change of a delivery for another reason than an attempt. Ids are text.
struct DeliveryChange {
  enum class Kind {
    kHeld,       // it waits until its webhook can receive
    kMade,       // it was made after the publication
    kRestarted,  // its schedule begins anew
    kCancelled,  // by a call, or as its webhook was removed
    kExpired,    // it failed: it waited for longer than the retention
    kDamaged,    // it failed: its event cannot be read
  };

  std::string delivery;
  std::string event;
  Endpoint endpoint;
  Kind kind = Kind::kHeld;
};

// The place of this server among those of its database, where there can be
// several.
struct MembershipState {
  // True if the last beat was stored.
  bool is_connected = false;
  // The number of servers that are alive, with this one.
  int servers = 1;
  // The number of shards that this server owns. Unset if it does not deliver.
  std::optional<int> shards;
};

enum class MembershipEvent {
  kBeatMissed,   // a beat failed, or came later than twice its interval
  kTakeover,     // this server has declared another one dead
  kShardGained,  // this server owns a shard from now on
  kShardLost,    // this server owns a shard no more
};

// Something that has happened to a server of the database, for the log.
struct ServerChange {
  enum class Kind {
    kJoined,        // this server is one of the database's
    kLeft,          // this server has ended in order
    kExpelled,      // another server has declared this one dead
    kTakenOver,     // this server has declared another one dead
    kDatabaseLost,  // a beat of this server has failed
    kDatabaseBack,  // the next one that was stored
  };

  Kind kind = Kind::kJoined;
  // The server that it has happened to: its id, as text, and its name.
  std::string server;
  std::string name;
  // The number of shards that a server had when it was declared dead.
  int shards = 0;
};

// The state of a database server. Unset: it cannot be seen, or another server
// looks at it.
struct DatabaseState {
  // The number of standbys that commits wait for.
  std::optional<int> synchronous_standbys;
  // The bytes of the write-ahead log that the slowest standby has not stored.
  std::optional<std::int64_t> replication_lag;
  // The rows of deliveries, as the database estimates them: those that exist,
  // and the old versions that wait for a vacuum.
  std::optional<std::int64_t> live_deliveries;
  std::optional<std::int64_t> dead_deliveries;
};

// Receives events of a store, for metrics and the log. Each method does nothing
// unless it is overridden. Called on threads of the store and of its callers,
// on several at once; must not block, and must not call the store.
class StoreObserver {
 public:
  // The kinds of calls: a write is a call that may change something.
  enum class Kind { kRead, kWrite };

  virtual ~StoreObserver() = default;

  // The number of calls that wait in the queue has changed by `change`.
  virtual void WaitingChanged(Kind /*kind*/, int /*change*/) {}

  // A call has begun after `wait` in the queue, which was for a connection.
  virtual void WaitEnded(Kind /*kind*/, absl::Duration /*wait*/) {}

  // A call has ended, with any status. `latency` includes its wait.
  virtual void CallEnded(Kind /*kind*/, absl::Duration /*latency*/) {}

  // A transaction with the changes of `calls` calls has been committed, or has
  // failed, after `duration`.
  virtual void Committed(int /*calls*/, absl::Duration /*duration*/) {}

  // A transaction runs again, because of an error with this SQLSTATE; "" if it
  // has none, because a call of the transaction failed.
  virtual void TransactionRepeated(absl::string_view /*sqlstate*/) {}

  // A connection that was lost is there again.
  virtual void Reconnected() {}

  // The place of this server may have changed. Called first when a store is
  // opened on a database that several servers can use.
  virtual void MembershipChanged(const MembershipState& /*state*/) {}

  // The event has happened `count` times.
  virtual void MembershipEvents(MembershipEvent /*event*/, int /*count*/) {}

  // Something has happened to this server, or to another one by this one.
  virtual void ServerChanged(const ServerChange& /*change*/) {}

  // The state of the database server was read, at intervals.
  virtual void DatabaseSeen(const DatabaseState& /*state*/) {}

  // A checkpoint has ended, with any result.
  virtual void Checkpointed(absl::Duration /*duration*/) {}

  // The write-ahead log, which the database file does not contain yet, has
  // `bytes`.
  virtual void LogChanged(std::int64_t /*bytes*/) {}

  // A webhook was deactivated, because its attempts failed or its record is
  // damaged.
  virtual void WebhookDeactivated(const Endpoint& /*endpoint*/,
                                  v1::Deactivation::Reason /*reason*/) {}

  // An event was published. Repeats do not count.
  virtual void EventPublished(const PublishedEvent& /*event*/) {}

  // A delivery was changed for another reason than an attempt. A store need not
  // report kHeld for an event that has thousands of deliveries.
  virtual void DeliveryChanged(const DeliveryChange& /*change*/) {}

  // The database can be used, and an operator should change something about it.
  virtual void Warned(absl::string_view /*about*/) {}

  // The database failed at `operation`, such as "commit". `cause` is the
  // driver's own message.
  virtual void Faulted(absl::string_view /*operation*/,
                       absl::string_view /*cause*/) {}

  // Returns an observer that ignores everything.
  static StoreObserver& None() {
    static StoreObserver none;
    return none;
  }
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STORE_OBSERVER_H_

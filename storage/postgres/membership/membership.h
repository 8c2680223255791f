#ifndef WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_MEMBERSHIP_H_
#define WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_MEMBERSHIP_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/postgres/engine/connection.h"
#include "storage/postgres/engine/member_id.h"
#include "storage/postgres/membership/member_rows.h"
#include "storage/postgres/membership/shards.h"
#include "storage/sql/ownership.h"
#include "storage/store_observer.h"

namespace webhooks::postgres {

// Shares the endpoints between the servers of one database, by shards.
//
// A server increments its beat every `beat`. It owns its shards for 3 beats
// after it has sent the last one that succeeded. The others declare it dead if
// they see no change for 5 beats of their own uninterrupted watching, and take
// its shards. Time is measured on each machine alone, by a clock that goes on
// while the machine sleeps. So two servers own a shard at no time, except a
// server whose machine stops between a look at the clock and the sending of a
// request.
//
// Between the last attempt of a server for an endpoint and the first of the
// next server, at least a second passes, so that a limit of requests per second
// holds (after a death: if a beat takes half a second or more).
//
// A server that was declared dead cannot commit a transaction that it had begun
// (see the table lanes); it forgets its leases and joins again.
class Membership final : public sql::Ownership {
 public:
  // Joins the servers of the database with the connection. `self` describes
  // this one. A server that does not deliver gets no shards. `observer` must
  // outlive this.
  static absl::StatusOr<std::unique_ptr<Membership>> Join(
      std::unique_ptr<Connection> connection, v1::Server self,
      absl::Duration beat, std::shared_ptr<MemberId> id,
      StoreObserver& observer);
  ~Membership() override;

  void Start(Leases& leases, Callbacks callbacks) override;
  void Stop() override;
  bool Owns(const Endpoint& endpoint) const override;
  // Where no server delivers, the one with the lowest id maintains.
  bool Maintains() const override {
    return OwnsShard(kMaintenanceShard) || (is_lowest_.load() && IsValid());
  }
  bool IsAlone() const override { return is_alone_.load(); }
  absl::Status Announce(sql::Connection& connection,
                        const std::vector<EndpointDue>& changes) override;
  absl::StatusOr<std::vector<v1::Server>> ListServers(
      sql::Connection& connection) const override;
  int CountServers() const override { return servers_.load(); }
  void BeginLeaving() override {
    leaves_ = true;
    needs_tick_ = true;
  }

 private:
  // The time since the machine started.
  using Clock = absl::Duration;

  // The last look at a server.
  struct Seen {
    std::int64_t beat = 0;
    // The time for which it was watched without a change of the beat.
    absl::Duration unchanged;
    // The time at which the change was seen.
    Clock changed_at;
  };

  // Shards that are given to others when no lease of them is left.
  struct Drain {
    std::vector<std::size_t> shards;
    // The state of the transactions that could lease more.
    enum class Transactions { kOpen, kOver, kUnknown };
    std::shared_ptr<std::atomic<Transactions>> transactions;
    bool has_told = false;
    // When the next server may own the shards.
    Clock rests_until = absl::InfiniteDuration();
  };

  Membership(std::unique_ptr<Connection> connection, v1::Server self,
             absl::Duration beat, std::shared_ptr<MemberId> id,
             StoreObserver& observer);

  bool OwnsShard(std::size_t shard) const;
  bool IsValid() const;

  void Run();
  // Ends the ownership in time although the database does not answer.
  void Watch();
  // Returns false when it is time to stop.
  bool Sleep(absl::Duration time);

  void Tick();
  // Returns the time without a beat after which the server is dead.
  absl::Duration DeadAfter(const Member& member) const;

  // Sends the beat. Returns false if this server was buried.
  absl::StatusOr<bool> SendBeat();
  // Forgets everything, as the shards are those of others now, and joins again.
  void StartAgain();
  // Tells the observer of the place of this server.
  void Report();
  // Tells the observer what has happened to this server.
  void Tell(ServerChange::Kind kind);
  // Tells the observer of the database at intervals, if this server maintains.
  void ObserveDatabase();
  absl::Status Rejoin();
  // Returns the number of servers that are alive and deliver. Buries the dead.
  std::size_t ExamineMembers(const std::vector<Member>& members);
  // Returns the look at `member` at `now`, `watched` after the one before.
  Seen LookAt(const Member& member, Clock now, absl::Duration watched) const;
  void Balance(std::size_t members);
  // Takes over what the database has: an answer may have been lost.
  void Reconcile(const std::vector<std::size_t>& shards);
  void Adopt(const std::vector<std::size_t>& shards);
  template <typename Shards>
  void SetOwned(const Shards& shards, bool owned);
  void Claim(std::size_t count);
  void BeginDrain(std::size_t count);
  void AwaitTransactions(Drain& drain);
  // Returns true when no lease of the shards is left, or can be made.
  bool IsIdle(Drain& drain);
  void ContinueDrain();
  void TakeNews();
  void FindWaiting(std::vector<std::size_t> shards);
  // Gives up the leases of the shards that `is_lost` accepts.
  template <typename Predicate>
  void GiveUp(Predicate is_lost);

  const std::unique_ptr<Connection> connection_;
  const v1::Server self_;
  const absl::Duration beat_;
  const std::shared_ptr<MemberId> id_;
  StoreObserver& observer_;
  Leases* leases_ = nullptr;
  Callbacks callbacks_;

  // The shards that this server may lease from, as long as the beat is valid.
  std::array<std::atomic<bool>, kShards> owned_ = {};
  // The Clock in nanoseconds until which the last beat is valid.
  std::atomic<std::int64_t> valid_until_ = 0;
  std::atomic<bool> needs_search_ = false;
  std::atomic<bool> is_searching_ = false;
  std::atomic<bool> is_lowest_ = false;
  std::atomic<bool> is_alone_ = false;
  std::atomic<bool> leaves_ = false;
  std::atomic<bool> needs_tick_ = false;
  // The number of servers that do not leave, and of all.
  std::atomic<int> servers_ = 1;
  std::atomic<int> living_ = 1;
  // True if the last beat succeeded.
  std::atomic<bool> is_connected_ = false;

  // Only for the thread.
  bool is_expelled_ = false;
  std::set<std::size_t> held_;  // in the database, those that drain included
  std::vector<Drain> drains_;
  Clock last_beat_;
  Clock last_look_;
  Clock next_search_;
  Clock next_observation_;

  mutable absl::Mutex mutex_;
  // By id. Changed by the thread alone.
  std::map<std::string, Seen> seen_ ABSL_GUARDED_BY(mutex_);
  bool stops_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
  std::thread watch_;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_MEMBERSHIP_MEMBERSHIP_H_

#include "storage/postgres/membership/membership.h"

#include <time.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/time/clock.h"
#include "proto/time.h"
#include "storage/postgres/engine/migrations.h"
#include "storage/postgres/membership/database_state.h"
#include "storage/uuid.h"

namespace webhooks::postgres {
namespace {

// A server owns its shards for this number of beats after the last one.
constexpr int kValidBeats = 3;

// A server that was not seen to beat for this number of beats is silent, for
// operators.
constexpr int kSilentBeats = 2;

// A server that was not seen to beat for this number of beats is dead.
constexpr int kDeadBeats = 5;

// A server that has never beaten for this time is dead. It owns nothing yet,
// and may have to wait for its connections.
constexpr absl::Duration kStartsWithin = absl::Seconds(30);

constexpr absl::Duration kPollEvery = absl::Milliseconds(100);

// All waiting deliveries are searched for at this interval, in case that a
// notification was lost.
constexpr absl::Duration kSearchEvery = absl::Minutes(1);

// A server gives this part of all shards away at a time.
constexpr std::size_t kDrainStep = kShards / 20;

// The least time between the last attempt for a shard that is given away and
// its next owner, since a limit of requests per second counts one server's
// attempts.
constexpr absl::Duration kRest = absl::Seconds(1);

// The database server is looked at after this number of beats.
constexpr int kObservedBeats = 5;

// Operators read ages of beats in this unit.
constexpr absl::Duration kAgeUnit = absl::Milliseconds(1);

absl::Duration Now() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return absl::DurationFromTimespec(time);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Membership>> Membership::Join(
    std::unique_ptr<Connection> connection, v1::Server self,
    absl::Duration beat, std::shared_ptr<MemberId> id,
    StoreObserver& observer) {
  std::unique_ptr<Membership> member(new Membership(
      std::move(connection), std::move(self), beat, std::move(id), observer));
  absl::Status joined = member->Rejoin();
  if (!joined.ok()) return joined;
  return member;
}

Membership::Membership(std::unique_ptr<Connection> connection, v1::Server self,
                       absl::Duration beat, std::shared_ptr<MemberId> id,
                       StoreObserver& observer)
    : connection_(std::move(connection)),
      self_(std::move(self)),
      beat_(beat),
      id_(std::move(id)),
      observer_(observer),
      last_beat_(Now()),
      last_look_(Now()),
      next_search_(Now() + kSearchEvery),
      next_observation_(Now()) {}

Membership::~Membership() {
  Stop();
  if (!is_alone_ && !held_.empty()) absl::SleepFor(kRest);
  const auto buried = Bury(*connection_, id_->Get(), kAnyBeat);
  if (buried.ok() && *buried) Tell(ServerChange::Kind::kLeft);
}

void Membership::Start(Leases& leases, Callbacks callbacks) {
  leases_ = &leases;
  callbacks_ = std::move(callbacks);
  last_beat_ = Now();
  Tick();
  Report();
  ObserveDatabase();
  thread_ = std::thread([this] { Run(); });
  watch_ = std::thread([this] { Watch(); });
}

void Membership::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stops_ = true;
  }
  if (thread_.joinable()) thread_.join();
  if (watch_.joinable()) watch_.join();
}

bool Membership::IsValid() const {
  return absl::ToInt64Nanoseconds(Now()) < valid_until_.load();
}

bool Membership::OwnsShard(std::size_t shard) const {
  return owned_[shard].load() && IsValid();
}

bool Membership::Owns(const Endpoint& endpoint) const {
  return OwnsShard(ShardOf(endpoint.webhook));
}

absl::Status Membership::Announce(sql::Connection& connection,
                                  const std::vector<EndpointDue>& changes) {
  for (const EndpointDue& change : changes) {
    if (!change.endpoint.webhook.empty() && Owns(change.endpoint)) continue;
    absl::Status inserted = InsertNews(connection, id_->Get(), change);
    if (!inserted.ok()) return inserted;
  }
  return absl::OkStatus();
}

void Membership::Run() {
  Clock next_tick = Now() + beat_;
  while (Sleep(std::min(kPollEvery, beat_))) {
    TakeNews();
    ContinueDrain();
    if (!needs_tick_.exchange(false) && Now() < next_tick) continue;
    next_tick = Now() + beat_;
    Tick();
    Report();
    ObserveDatabase();
  }
}

void Membership::Watch() {
  bool was_valid = true;
  while (Sleep(std::min(kPollEvery, beat_))) {
    const bool is_valid = IsValid();
    if (was_valid && !is_valid) {
      GiveUp([](std::size_t) { return true; });
    }
    if (is_valid != was_valid) Report();
    was_valid = is_valid;
  }
}

bool Membership::Sleep(absl::Duration time) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stops_), time);
}

void Membership::Tick() {
  const auto is_alive = SendBeat();
  if (!is_alive.ok()) {
    // After an outage of the database, nobody is dead.
    absl::MutexLock lock(&mutex_);
    seen_.clear();
    return;
  }
  if (!*is_alive) return StartAgain();
  const auto members = SelectMembers(*connection_);
  if (!members.ok()) return;
  const std::size_t delivering = ExamineMembers(*members);
  DeleteLostLanes(*connection_).IgnoreError();
  const auto shards = SelectShards(*connection_, id_->Get());
  if (!shards.ok()) return;
  Reconcile(*shards);
  Balance(delivering);
  if (needs_search_.exchange(false) || Now() >= next_search_) {
    next_search_ = Now() + kSearchEvery;
    FindWaiting({held_.begin(), held_.end()});
  }
}

absl::StatusOr<bool> Membership::SendBeat() {
  const Clock sent = Now();
  const bool is_late = sent - std::exchange(last_beat_, sent) > 2 * beat_;
  const auto is_alive = Beat(*connection_, id_->Get(), leaves_);
  if (is_connected_.exchange(is_alive.ok()) != is_alive.ok()) {
    Tell(is_alive.ok() ? ServerChange::Kind::kDatabaseBack
                       : ServerChange::Kind::kDatabaseLost);
  }
  if (is_late || !is_alive.ok()) {
    observer_.MembershipEvents(MembershipEvent::kBeatMissed, 1);
  }
  if (is_alive.ok() && *is_alive) {
    const std::int64_t before = valid_until_.exchange(
        absl::ToInt64Nanoseconds(sent + kValidBeats * beat_));
    // A server that owns nothing ignores what is due, even for an instant.
    if (before != 0 && absl::ToInt64Nanoseconds(Now()) >= before) {
      needs_search_ = true;
    }
  }
  return is_alive;
}

void Membership::StartAgain() {
  if (!std::exchange(is_expelled_, true)) Tell(ServerChange::Kind::kExpelled);
  valid_until_ = 0;
  SetOwned(held_, false);
  held_.clear();
  drains_.clear();
  GiveUp([](std::size_t) { return true; });
  leases_->EndAll();
  Rejoin().IgnoreError();
}

void Membership::Report() {
  MembershipState state;
  state.is_connected = is_connected_;
  state.servers = living_;
  if (self_.delivers()) {
    state.shards =
        IsValid() ? static_cast<int>(absl::c_count(owned_, true)) : 0;
  }
  observer_.MembershipChanged(state);
}

void Membership::Tell(ServerChange::Kind kind) {
  observer_.ServerChanged({kind, UuidText(id_->Get()), self_.name()});
}

void Membership::ObserveDatabase() {
  if (Now() < next_observation_) return;
  next_observation_ = Now() + kObservedBeats * beat_;
  DatabaseState state;
  if (Maintains()) {
    state = ReadDatabaseState(*connection_).value_or(state);
    Contract(*connection_).IgnoreError();
  }
  observer_.DatabaseSeen(state);
}

absl::Status Membership::Rejoin() {
  const std::string id = RandomId();
  absl::Status inserted = InsertServer(*connection_, id, self_, beat_);
  if (!inserted.ok()) return inserted;
  // A server of a newer version may have contracted the schema meanwhile.
  const absl::Status fits = ReadSchemaVersion(*connection_).status();
  if (fits.ok()) {
    id_->Set(id);
    is_connected_ = true;
    is_expelled_ = false;
    Tell(ServerChange::Kind::kJoined);
  } else {
    Bury(*connection_, id, kAnyBeat).IgnoreError();
  }
  return fits;
}

std::size_t Membership::ExamineMembers(const std::vector<Member>& members) {
  const Clock now = Now();
  // A server that is slow has watched for less time than has passed.
  const absl::Duration watched = std::min(now - last_look_, 2 * beat_);
  last_look_ = now;
  std::size_t delivering = 0;
  int staying = 0;
  bool is_lowest = true;
  std::map<std::string, Seen> seen;
  for (const Member& member : members) {
    const Seen last = LookAt(member, now, watched);
    const bool is_dead =
        member.id != id_->Get() && last.unchanged >= DeadAfter(member);
    if (is_dead) {
      const auto buried = Bury(*connection_, member.id, member.beat);
      if (buried.ok() && *buried) {
        observer_.MembershipEvents(MembershipEvent::kTakeover, 1);
        observer_.ServerChanged({ServerChange::Kind::kTakenOver,
                                 UuidText(member.id), (*buried)->name,
                                 (*buried)->shards});
      }
      if (buried.ok()) continue;
    }
    seen.emplace(member.id, last);
    // A server that starts claims nothing yet.
    delivering += member.delivers && member.beat > 0 ? 1 : 0;
    staying += member.leaves ? 0 : 1;
    is_lowest = is_lowest && member.id >= id_->Get();
  }
  living_ = static_cast<int>(seen.size());
  is_alone_ = living_ == 1;
  is_lowest_ = is_lowest && delivering == 0;
  servers_ = std::max(staying, 1);
  absl::MutexLock lock(&mutex_);
  seen_ = std::move(seen);
  return delivering;
}

absl::Duration Membership::DeadAfter(const Member& member) const {
  const absl::Duration beats =
      kDeadBeats * std::max(member.beat_interval, beat_);
  return member.beat == 0 ? std::max(beats, kStartsWithin) : beats;
}

Membership::Seen Membership::LookAt(const Member& member, Clock now,
                                    absl::Duration watched) const {
  absl::MutexLock lock(&mutex_);
  const auto before = seen_.find(member.id);
  if (before == seen_.end() || before->second.beat != member.beat) {
    return {member.beat, absl::ZeroDuration(), now};
  }
  Seen last = before->second;
  last.unchanged += watched;
  return last;
}

absl::StatusOr<std::vector<v1::Server>> Membership::ListServers(
    sql::Connection& connection) const {
  const auto listed = SelectServers(connection);
  if (!listed.ok()) return listed.status();
  const Clock now = Now();
  const std::string own = UuidText(id_->Get());
  std::vector<v1::Server> servers;
  absl::MutexLock lock(&mutex_);
  for (const ListedServer& one : *listed) {
    v1::Server& server = servers.emplace_back(one.server);
    server.set_answering(server.id_server() == own);
    server.set_state(server.leaving() ? v1::Server::LEAVING : v1::Server::LIVE);
    const auto seen = seen_.find(UuidBytes(server.id_server()));
    if (seen == seen_.end()) continue;
    const bool is_same = seen->second.beat == one.beat;
    absl::Duration age;
    if (is_same) age = absl::Trunc(now - seen->second.changed_at, kAgeUnit);
    *server.mutable_beat_age() = ToProtoDuration(age);
    if (age > kSilentBeats * std::max(one.beat_interval, beat_)) {
      server.set_state(v1::Server::SILENT);
    }
  }
  return servers;
}

void Membership::Balance(std::size_t delivering) {
  const std::size_t count = std::max<std::size_t>(delivering, 1);
  const std::size_t share =
      self_.delivers() ? (kShards + count - 1) / count : 0;
  std::size_t draining = 0;
  for (const Drain& drain : drains_) draining += drain.shards.size();
  const std::size_t kept = held_.size() - draining;
  if (held_.size() < share && drains_.empty()) {
    Claim(share - held_.size());
  } else if (kept > share && drains_.empty()) {
    BeginDrain(std::min(kept - share, kDrainStep));
  }
}

void Membership::Reconcile(const std::vector<std::size_t>& shards) {
  const std::set<std::size_t> stored(shards.begin(), shards.end());
  std::set<std::size_t> lost;
  std::set_difference(held_.begin(), held_.end(), stored.begin(), stored.end(),
                      std::inserter(lost, lost.end()));
  SetOwned(lost, false);
  for (const std::size_t shard : lost) held_.erase(shard);
  if (!lost.empty()) {
    GiveUp([&](std::size_t shard) { return lost.contains(shard); });
  }
  std::vector<std::size_t> gained;
  std::set_difference(stored.begin(), stored.end(), held_.begin(), held_.end(),
                      std::back_inserter(gained));
  Adopt(gained);
}

void Membership::Adopt(const std::vector<std::size_t>& shards) {
  if (shards.empty()) return;
  held_.insert(shards.begin(), shards.end());
  SetOwned(shards, true);
  FindWaiting(shards);
}

template <typename Shards>
void Membership::SetOwned(const Shards& shards, bool owned) {
  int changed = 0;
  for (const std::size_t shard : shards) {
    if (owned_[shard].exchange(owned) != owned) ++changed;
  }
  if (changed == 0) return;
  observer_.MembershipEvents(
      owned ? MembershipEvent::kShardGained : MembershipEvent::kShardLost,
      changed);
}

void Membership::Claim(std::size_t count) {
  const auto claimed = ClaimShards(*connection_, id_->Get(), count);
  if (claimed.ok()) Adopt(*claimed);
}

void Membership::BeginDrain(std::size_t count) {
  Drain drain;
  // The highest, so that the maintenance stays where it is.
  for (auto shard = held_.rbegin();
       shard != held_.rend() && drain.shards.size() < count; ++shard) {
    drain.shards.push_back(*shard);
  }
  SetOwned(drain.shards, false);
  AwaitTransactions(drain);
  drains_.push_back(std::move(drain));
}

void Membership::AwaitTransactions(Drain& drain) {
  using Transactions = Drain::Transactions;
  drain.transactions =
      std::make_shared<std::atomic<Transactions>>(Transactions::kOpen);
  callbacks_.after_transactions([state = drain.transactions](bool are_over) {
    *state = are_over ? Transactions::kOver : Transactions::kUnknown;
  });
}

bool Membership::IsIdle(Drain& drain) {
  if (*drain.transactions == Drain::Transactions::kUnknown) {
    AwaitTransactions(drain);
  }
  if (*drain.transactions != Drain::Transactions::kOver) return false;
  const auto is_drained = [&](std::size_t shard) {
    return std::find(drain.shards.begin(), drain.shards.end(), shard) !=
           drain.shards.end();
  };
  if (!std::exchange(drain.has_told, true)) GiveUp(is_drained);
  const auto leased = leases_->Endpoints();
  return std::none_of(leased.begin(), leased.end(), [&](const Endpoint& one) {
    return is_drained(ShardOf(one.webhook));
  });
}

void Membership::ContinueDrain() {
  for (Drain& drain : drains_) {
    if (!IsIdle(drain)) continue;
    drain.rests_until = std::min(drain.rests_until, Now() + kRest);
    if (Now() < drain.rests_until ||
        !ReleaseShards(*connection_, id_->Get(), drain.shards).ok()) {
      continue;
    }
    for (const std::size_t shard : drain.shards) held_.erase(shard);
    drain.shards.clear();
  }
  std::erase_if(drains_, [](const Drain& one) { return one.shards.empty(); });
}

// News are deleted after they were told: what is lost with a connection is told
// again.
void Membership::TakeNews() {
  const auto news = SelectNews(*connection_, id_->Get());
  if (!news.ok() || news->empty()) return;
  for (const News& one : *news) callbacks_.changed(one.change);
  DeleteNews(*connection_, *news).IgnoreError();
}

void Membership::FindWaiting(std::vector<std::size_t> shards) {
  // One at a time; the next one is for all shards.
  if (is_searching_.exchange(true)) {
    needs_search_ = true;
    return;
  }
  const absl::flat_hash_set<std::size_t> wanted(shards.begin(), shards.end());
  callbacks_.find_waiting(
      [wanted](const Endpoint& endpoint) {
        return wanted.contains(ShardOf(endpoint.webhook));
      },
      [this](bool was_found) {
        if (!was_found) needs_search_ = true;
        is_searching_ = false;
      });
}

template <typename Predicate>
void Membership::GiveUp(Predicate is_lost) {
  for (const Endpoint& endpoint : leases_->Endpoints()) {
    if (is_lost(ShardOf(endpoint.webhook))) callbacks_.lost(endpoint);
  }
}

}  // namespace webhooks::postgres

#include "server/listen/connection_use.h"

#include <algorithm>
#include <utility>

namespace webhooks::server {
namespace {

// Bytes allowed for the headers of a call, and for the frames around a message.
constexpr std::int64_t kCallBytes = 4 << 10;
constexpr std::int64_t kMessageBytes = 512;

// Bytes allowed outside calls: acknowledgements and pings.
constexpr std::int64_t kIdleBytesPerSecond = 16 << 10;

// Long enough for handlers to start.
constexpr absl::Duration kSuspicion = absl::Milliseconds(200);

// Unexplained bytes that are forgiven per second while authenticated calls come
// in: clients may cancel requests in transit.
constexpr std::int64_t kForgivenPerSecond = 4 << 20;

std::int64_t For(absl::Duration duration, std::int64_t per_second) {
  return static_cast<std::int64_t>(absl::ToDoubleSeconds(duration) *
                                   static_cast<double>(per_second));
}

}  // namespace

void ConnectionUse::OnCallStarted() {
  has_calls_ = true;
  ++running_;
}

void ConnectionUse::OnCallAuthenticated() {
  is_known_ = true;
  explained_bytes_ += kCallBytes;
}

// A frame of 16 KiB has a header of 9 bytes.
void ConnectionUse::OnMessageRead(std::int64_t bytes) {
  explained_bytes_ += kMessageBytes + bytes + bytes / 1000;
}

// A reset call explains no bytes, even if its caller was authenticated.
void ConnectionUse::OnCallReset(bool is_known, bool has_expired) {
  if (is_known) explained_bytes_ -= kCallBytes;
  if (has_expired) {
    expired_.Count();
  } else {
    (is_known ? resets_of_known_ : resets_).Count();
  }
}

ConnectionUse::State ConnectionUse::Classify(std::int64_t bytes,
                                             std::int64_t open_calls,
                                             absl::Time now) {
  const absl::Duration passed =
      std::max(absl::ZeroDuration(), now - std::min(examined_at_, now));
  const std::int64_t more = bytes - received_;
  if (more > 0 || received_at_ > now) received_at_ = now;
  received_ = bytes;
  examined_at_ = now;
  was_known_ = is_known_;
  const std::int64_t explained = explained_bytes_.exchange(0);
  unexplained_ += more - std::min(more, For(passed, kIdleBytesPerSecond));
  unexplained_ -= explained;
  if (explained > 0 && resets_.Update() == 0) {
    unexplained_ -= For(passed, kForgivenPerSecond);
  }
  unexplained_ = std::max<std::int64_t>(0, unexplained_);
  had_too_many_open_ = HasTooManyOpen(open_calls, now);
  if (had_too_many_open_) return State::kFlood;
  const bool has_too_many_calls = HasTooManyCalls(now);
  if (is_gateway_) return State::kNormal;
  UpdateSuspicion(now);
  const std::int64_t most =
      was_known_ ? kMaxUnexplained : kMaxUnexplainedOfUnknown;
  if (unexplained_ > most || has_too_many_calls) return State::kFlood;
  const bool is_stalled = unexplained_ > kMinStalledBytes &&
                          Waiting(open_calls) > 0 &&
                          now - received_at_ >= kStallTimeout;
  return is_stalled ? State::kStalled : State::kNormal;
}

bool ConnectionUse::was_flood() const {
  if (is_gateway_) return false;
  return had_too_many_open_ ||
         unexplained_of_unknown() >
             (has_calls_ ? kMinFloodBytes : kMinFloodBytesWithoutCalls);
}

// Applies only without an authenticated caller, since the connection recovers
// slowly.
void ConnectionUse::UpdateSuspicion(absl::Time now) {
  if (was_known_) return;
  if (unexplained_ > suspicious_above_) {
    suspicious_above_ = 2 * unexplained_;
    suspicious_until_ = now + kSuspicion;
  }
  if (unexplained_ < kMinSuspiciousBytes / 2)
    suspicious_above_ = kMinSuspiciousBytes;
}

bool ConnectionUse::HasTooManyOpen(std::int64_t open_calls, absl::Time now) {
  if (is_gateway_) return open_calls > kMaxOpenOfGateway;
  if (was_known_ || Waiting(open_calls) <= kMaxWaiting) {
    too_many_since_ = absl::InfiniteFuture();
  } else {
    too_many_since_ = std::min(too_many_since_, now);
  }
  return open_calls > kMaxOpen || now - too_many_since_ >= kMaxWait;
}

bool ConnectionUse::HasTooManyCalls(absl::Time now) {
  bool has = false;
  const std::pair<SecondCounter*, int> limits[] = {
      {&resets_, kMaxResets},
      {&resets_of_known_, kMaxResetsOfKnown},
      {&expired_, kMaxExpired},
      {&anonymous_, kMaxAnonymous}};
  for (const auto& [count, most] : limits) has |= count->Update() > most;
  if (now - second_started_at_ >= absl::Seconds(1)) {
    second_started_at_ = now;
    for (const auto& [count, most] : limits) count->StartSecond();
  }
  return has;
}

}  // namespace webhooks::server

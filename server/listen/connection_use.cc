#include "server/listen/connection_use.h"

#include <algorithm>
#include <utility>

namespace webhooks::server {
namespace {

// Bytes allowed for the headers of a call, and for the frames around a message.
constexpr std::int64_t kCallBytes = 4 << 10;
constexpr std::int64_t kMessageBytes = 512;

// Bytes allowed beside calls: acknowledgements, pings.
constexpr std::int64_t kIdleBytesPerSecond = 16 << 10;

// Long enough for handlers to run.
constexpr absl::Duration kSuspicion = absl::Milliseconds(200);

// Forgiven while calls of known senders come in: requests that their
// clients gave up half way.
constexpr std::int64_t kForgivenPerSecond = 4 << 20;

std::int64_t For(absl::Duration duration, std::int64_t per_second) {
  return static_cast<std::int64_t>(absl::ToDoubleSeconds(duration) *
                                   static_cast<double>(per_second));
}

}  // namespace

void ConnectionUse::CallBegins() {
  has_calls_ = true;
  ++running_;
}

void ConnectionUse::CallIsKnown() {
  is_known_ = true;
  explained_ += kCallBytes;
}

// A frame of 16 KiB has a header of 9 bytes.
void ConnectionUse::MessageIsRead(std::int64_t bytes) {
  explained_ += kMessageBytes + bytes + bytes / 1000;
}

// It explains nothing, also where its sender is known.
void ConnectionUse::CallIsReset(bool is_known, bool has_expired) {
  if (is_known) explained_ -= kCallBytes;
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
  const std::int64_t explained = explained_.exchange(0);
  unexplained_ += more - std::min(more, For(passed, kIdleBytesPerSecond));
  unexplained_ -= explained;
  if (explained > 0 && resets_.Look() == 0) {
    unexplained_ -= For(passed, kForgivenPerSecond);
  }
  unexplained_ = std::max<std::int64_t>(0, unexplained_);
  had_too_many_open_ = HasTooManyOpen(open_calls, now);
  if (had_too_many_open_) return State::kFlood;
  const bool has_too_many_calls = HasTooManyCalls(now);
  if (carries_many_) return State::kNormal;
  Suspect(now);
  const std::int64_t most = was_known_ ? kMostUnexplained : kMostOfUnknown;
  if (unexplained_ > most || has_too_many_calls) return State::kFlood;
  const bool is_stalled = unexplained_ > kLeastStalled &&
                          Waiting(open_calls) > 0 &&
                          now - received_at_ >= kMaxStall;
  return is_stalled ? State::kStalled : State::kNormal;
}

bool ConnectionUse::was_flood() const {
  if (carries_many_) return false;
  return had_too_many_open_ ||
         unexplained_of_unknown() >
             (has_calls_ ? kLeastOfFlood : kLeastWithoutCalls);
}

// A slow window recovers slowly, so known senders are spared.
void ConnectionUse::Suspect(absl::Time now) {
  if (was_known_) return;
  if (unexplained_ > suspicious_above_) {
    suspicious_above_ = 2 * unexplained_;
    suspicious_until_ = now + kSuspicion;
  }
  if (unexplained_ < kFirstSuspicion / 2) suspicious_above_ = kFirstSuspicion;
}

bool ConnectionUse::HasTooManyOpen(std::int64_t open_calls, absl::Time now) {
  if (carries_many_) return open_calls > kMostOpenOfMany;
  if (was_known_ || Waiting(open_calls) <= kMostWaiting) {
    too_many_since_ = absl::InfiniteFuture();
  } else {
    too_many_since_ = std::min(too_many_since_, now);
  }
  return open_calls > kMostOpen || now - too_many_since_ >= kMaxWait;
}

bool ConnectionUse::HasTooManyCalls(absl::Time now) {
  bool has = false;
  const std::pair<InSecond*, int> limits[] = {
      {&resets_, kMostResets},
      {&resets_of_known_, kMostResetsOfKnown},
      {&expired_, kMostExpired},
      {&anonymous_, kMostAnonymous}};
  for (const auto& [count, most] : limits) has |= count->Look() > most;
  if (now - second_began_at_ >= absl::Seconds(1)) {
    second_began_at_ = now;
    for (const auto& [count, most] : limits) count->BeginSecond();
  }
  return has;
}

}  // namespace webhooks::server

#ifndef WEBHOOKS_SERVER_LISTEN_CONNECTION_USE_H_
#define WEBHOOKS_SERVER_LISTEN_CONNECTION_USE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "server/call/call_connection.h"

namespace webhooks::server {

// Compares what a connection has received with what its calls explain, to tell
// clients from floods: frames of HTTP/2 that begin no call (CONTINUATION, PING,
// SETTINGS, empty DATA), calls that are reset at once (CVE-2023-44487), and
// headers whose end never comes. gRPC itself has no limit on them; and its
// thread goes on reading a connection for as long as there is something, so
// handlers and other connections wait. A small receive buffer ends that. All of
// it works the same under TLS. Examine and what it finds are for one thread;
// the rest is thread-safe.
class ConnectionUse final : public CallConnection {
 public:
  enum class State { kNormal, kFlood, kStalled };

  // A connection that `carries_many` brings the calls of many clients, as that
  // of a gateway does. It is judged by its open calls alone, as one client
  // could else have those of all others ended.
  explicit ConnectionUse(bool carries_many = false)
      : carries_many_(carries_many) {}

  // Bytes that no call explains: above these a connection is a flood. The
  // requests of a few batches of the largest size fit, which may all be on
  // their way; and fewer while none of its calls is of a known sender: of each
  // the server reads the headers first.
  static constexpr std::int64_t kMostUnexplained = 40 << 20;
  static constexpr std::int64_t kMostOfUnknown = 4 << 20;
  // With as many, the connection is read slowly for a moment; and again each
  // time that they have doubled. A call may have a window of 64 KiB on its way.
  static constexpr std::int64_t kFirstSuspicion = 256 << 10;

  // Calls that a client may have open at a time, which HTTP/2 tells it.
  static constexpr int kMaxOpenCalls = 1024;
  // Calls that are reset stay open until a handler has run, so a connection
  // with more than it may have has reset many that were not run yet: some, as
  // each client may cancel calls; and more for a gateway, as many clients may.
  static constexpr int kMostOpen = kMaxOpenCalls + 256;
  static constexpr int kMostOpenOfMany = 4 * kMaxOpenCalls;
  // Calls that no handler has begun, of a connection without a known sender,
  // for longer than a handler takes to begin.
  static constexpr int kMostWaiting = 256;
  static constexpr absl::Duration kMaxWait = absl::Milliseconds(20);

  // With more bytes unexplained, and no known sender, a connection that ends
  // was a flood; and with more than the second, if it never had a call.
  static constexpr std::int64_t kLeastOfFlood = 1 << 20;
  static constexpr std::int64_t kLeastWithoutCalls = 32 << 10;

  // In each second: calls that are reset at once by a sender that is not known,
  // and by one that is; calls whose deadline has passed as they begin; and
  // calls of senders that are not known.
  static constexpr int kMostResets = 50;
  static constexpr int kMostResetsOfKnown = kMaxOpenCalls;
  static constexpr int kMostExpired = 2000;
  static constexpr int kMostAnonymous = 1000;

  // A call whose headers make no progress for as long is stalled.
  static constexpr absl::Duration kMaxStall = absl::Seconds(30);
  // With fewer bytes unexplained, a silent connection is idle and not stalled.
  static constexpr std::int64_t kLeastStalled = 64 << 10;

  void CallBegins() override;
  void CallEnds() override { --running_; }
  void CarriesMany() override { carries_many_ = true; }
  void CallIsKnown() override;
  void CallIsAnonymous() override { anonymous_.Count(); }
  void MessageIsRead(std::int64_t bytes) override;
  void CallIsReset(bool is_known, bool has_expired) override;

  // Judges the connection at `now`, which has received `bytes` in all and has
  // so many calls open (see CountOpenCalls).
  State Classify(std::int64_t bytes, std::int64_t open_calls, absl::Time now);

  bool carries_many() const { return carries_many_; }

  // Returns how many of so many open calls no handler has begun yet.
  std::int64_t Waiting(std::int64_t open_calls) const {
    return open_calls - running_;
  }

  // Waiting(open_calls), or 0 once a sender is known, as Examine last found it.
  std::int64_t WaitingOfUnknown(std::int64_t open_calls) const {
    return was_known_ || carries_many_
               ? 0
               : std::max<std::int64_t>(0, Waiting(open_calls));
  }

  // Returns true if the connection should be read slowly for the moment, as
  // Examine last found it: much has come in that no call explains. Its calls,
  // if there are any, begin meanwhile.
  bool is_suspicious() const { return suspicious_until_ > examined_at_; }

  // Returns true for a connection that ends now and was a flood, as Examine
  // last found it: gRPC ends some floods by itself.
  bool was_flood() const;

  // Bytes that no call explains, as Examine last found them.
  std::int64_t unexplained() const { return unexplained_; }

  // unexplained(), or 0 once a sender is known.
  std::int64_t unexplained_of_unknown() const {
    return was_known_ ? 0 : unexplained_;
  }

 private:
  // Counts on any thread; the rest is for Examine's.
  class InSecond {
   public:
    void Count() { ++total_; }
    // Returns how many there were since BeginSecond.
    int Look() {
      seen_ = total_;
      return seen_ - begun_at_;
    }
    // Begins another second, in which everything counts that came after the
    // last look.
    void BeginSecond() { begun_at_ = seen_; }

   private:
    std::atomic<int> total_ = 0;
    int seen_ = 0;
    int begun_at_ = 0;
  };

  bool HasTooManyOpen(std::int64_t open_calls, absl::Time now);
  bool HasTooManyCalls(absl::Time now);
  void Suspect(absl::Time now);

  std::atomic<bool> carries_many_;
  std::atomic<bool> has_calls_ = false;
  std::atomic<bool> is_known_ = false;
  std::atomic<std::int64_t> explained_ = 0;
  // Calls that have begun and not ended.
  std::atomic<int> running_ = 0;
  InSecond anonymous_;
  InSecond resets_;
  InSecond resets_of_known_;
  InSecond expired_;
  // Of Examine.
  bool was_known_ = false;
  bool had_too_many_open_ = false;
  std::int64_t received_ = 0;
  std::int64_t unexplained_ = 0;
  std::int64_t suspicious_above_ = kFirstSuspicion;
  absl::Time suspicious_until_ = absl::InfinitePast();
  absl::Time examined_at_ = absl::InfiniteFuture();
  absl::Time received_at_ = absl::InfiniteFuture();
  // Since when too many calls have waited for a handler.
  absl::Time too_many_since_ = absl::InfiniteFuture();
  absl::Time second_began_at_ = absl::InfinitePast();
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_CONNECTION_USE_H_

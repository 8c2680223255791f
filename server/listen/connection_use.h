#ifndef WEBHOOKS_SERVER_LISTEN_CONNECTION_USE_H_
#define WEBHOOKS_SERVER_LISTEN_CONNECTION_USE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "server/call/call_connection.h"

namespace webhooks::server {

// Detects floods: HTTP/2 frames that start no call (CONTINUATION, PING,
// SETTINGS, empty DATA), calls that are reset at once (CVE-2023-44487), and
// headers that never end. Compares the bytes that a connection has received
// with those that its calls explain, which works with TLS too.
//
// gRPC has no limit on such frames. Its thread reads a connection until nothing
// is left, so handlers and other connections wait. A small receive buffer makes
// it stop.
//
// Classify and its results are for one thread; the rest is thread-safe.
class ConnectionUse final : public CallConnection {
 public:
  enum class State { kNormal, kFlood, kStalled };

  // The connection of a gateway carries the calls of many clients. It is judged
  // by its open calls only; otherwise one client could end the calls of all
  // others.
  explicit ConnectionUse(bool is_gateway = false) : is_gateway_(is_gateway) {}

  // A connection with more unexplained bytes is a flood. Allows a few batches
  // of the maximum size in transit. The limit is lower while no caller is
  // authenticated, since the server has read only headers then.
  static constexpr std::int64_t kMaxUnexplained = 40 << 20;
  static constexpr std::int64_t kMaxUnexplainedOfUnknown = 4 << 20;
  // A connection with this many unexplained bytes is read slowly for a moment,
  // and again each time that they have doubled. A call may have a flow-control
  // window of 64 KiB in transit.
  static constexpr std::int64_t kMinSuspiciousBytes = 256 << 10;

  // The maximum number of concurrent calls, which is announced to the client
  // (HTTP/2 SETTINGS_MAX_CONCURRENT_STREAMS).
  static constexpr int kMaxOpenCalls = 1024;
  // A reset call stays open in the server until its handler has run, so more
  // than kMaxOpenCalls are open if many were reset. A client may cancel some of
  // its calls; the clients of a gateway together may cancel more.
  static constexpr int kMaxOpen = kMaxOpenCalls + 256;
  static constexpr int kMaxOpenOfGateway = 4 * kMaxOpenCalls;
  // A connection without an authenticated caller may have this many calls that
  // wait for a handler for longer than kMaxWait.
  static constexpr int kMaxWaiting = 256;
  static constexpr absl::Duration kMaxWait = absl::Milliseconds(20);

  // A connection without an authenticated caller that ends with more
  // unexplained bytes was a flood. The second limit applies if it had no call.
  static constexpr std::int64_t kMinFloodBytes = 1 << 20;
  static constexpr std::int64_t kMinFloodBytesWithoutCalls = 32 << 10;

  // Limits per second: calls reset at once by an unauthenticated caller, and by
  // an authenticated one; calls whose deadline has passed at their start; and
  // unauthenticated calls.
  static constexpr int kMaxResets = 50;
  static constexpr int kMaxResetsOfKnown = kMaxOpenCalls;
  static constexpr int kMaxExpired = 2000;
  static constexpr int kMaxAnonymous = 1000;

  // A connection that receives nothing for this time in the middle of a call's
  // headers is stalled.
  static constexpr absl::Duration kStallTimeout = absl::Seconds(30);
  // A silent connection with fewer unexplained bytes is idle, not stalled.
  static constexpr std::int64_t kMinStalledBytes = 64 << 10;

  void OnCallStarted() override;
  void OnCallFinished() override { --running_; }
  void OnGatewayCall() override { is_gateway_ = true; }
  void OnCallAuthenticated() override;
  void OnAnonymousCall() override { anonymous_.Count(); }
  void OnMessageRead(std::int64_t bytes) override;
  void OnCallReset(bool is_known, bool has_expired) override;

  // Returns the state of the connection at `now`. It has received `bytes` in
  // total and has `open_calls` open calls (see CountOpenCalls).
  State Classify(std::int64_t bytes, std::int64_t open_calls, absl::Time now);

  bool is_gateway() const { return is_gateway_; }

  // Returns how many of the open calls wait for a handler.
  std::int64_t Waiting(std::int64_t open_calls) const {
    return open_calls - running_;
  }

  // Returns Waiting(open_calls), or 0 for a gateway or once a caller was
  // authenticated, as of the last Classify.
  std::int64_t WaitingOfUnknown(std::int64_t open_calls) const {
    return was_known_ || is_gateway_
               ? 0
               : std::max<std::int64_t>(0, Waiting(open_calls));
  }

  // Returns true if the connection should be read slowly, as of the last
  // Classify, because it has many unexplained bytes. Handlers of its calls can
  // start meanwhile.
  bool is_suspicious() const { return suspicious_until_ > examined_at_; }

  // Returns true if a connection that has ended was a flood, as of the last
  // Classify. gRPC ends some floods itself.
  bool was_flood() const;

  // Returns the bytes that no call explains, as of the last Classify.
  std::int64_t unexplained() const { return unexplained_; }

  // Returns unexplained(), or 0 once a caller was authenticated.
  std::int64_t unexplained_of_unknown() const {
    return was_known_ ? 0 : unexplained_;
  }

 private:
  // Counts events of the current second. Count may be called on any thread; the
  // rest is for the thread of Classify.
  class SecondCounter {
   public:
    void Count() { ++total_; }
    // Returns the number of events since StartSecond.
    int Update() {
      seen_ = total_;
      return seen_ - start_total_;
    }
    // Starts the next second, which includes all events since the last Update.
    void StartSecond() { start_total_ = seen_; }

   private:
    std::atomic<int> total_ = 0;
    int seen_ = 0;
    int start_total_ = 0;
  };

  bool HasTooManyOpen(std::int64_t open_calls, absl::Time now);
  bool HasTooManyCalls(absl::Time now);
  void UpdateSuspicion(absl::Time now);

  std::atomic<bool> is_gateway_;
  std::atomic<bool> has_calls_ = false;
  std::atomic<bool> is_known_ = false;
  std::atomic<std::int64_t> explained_bytes_ = 0;
  // Calls whose handler has started and that are not finished.
  std::atomic<int> running_ = 0;
  SecondCounter anonymous_;
  SecondCounter resets_;
  SecondCounter resets_of_known_;
  SecondCounter expired_;
  // Used only by Classify.
  bool was_known_ = false;
  bool had_too_many_open_ = false;
  std::int64_t received_ = 0;
  std::int64_t unexplained_ = 0;
  std::int64_t suspicious_above_ = kMinSuspiciousBytes;
  absl::Time suspicious_until_ = absl::InfinitePast();
  absl::Time examined_at_ = absl::InfiniteFuture();
  absl::Time received_at_ = absl::InfiniteFuture();
  // The time since which too many calls wait for a handler.
  absl::Time too_many_since_ = absl::InfiniteFuture();
  absl::Time second_started_at_ = absl::InfinitePast();
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_LISTEN_CONNECTION_USE_H_

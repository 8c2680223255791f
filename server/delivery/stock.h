#ifndef WEBHOOKS_SERVER_DELIVERY_STOCK_H_
#define WEBHOOKS_SERVER_DELIVERY_STOCK_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/delivery/turns.h"
#include "server/runtime/trace_context.h"
#include "storage/delivery_queue.h"

namespace webhooks::server {

// A delivery that is leased, and then on its way: what it takes to send, judge
// and record it.
struct Flight {
  AttemptResult result;
  std::shared_ptr<const EndpointLease> lease;
  // Empty once it is sent.
  v1::Event event;
  // The publisher's, and in it the attempt's own once it is begun.
  TraceHeaders trace;
  Span span;
  int step = 1;
  std::size_t bytes = 0;
  // When it became due.
  absl::Time due;
  // When the lease ends.
  absl::Time leased_until;
  // What was signed says so too.
  absl::Time begun_at;
  bool is_ordered = false;
  Turns::Ending ending = Turns::Ending::kFailed;
  // How long the receiver asked to be left alone.
  absl::Duration pause;
};

// What is leased and not recorded yet, and of that, by endpoint, what is not
// begun. For one thread at a time.
class Stock {
 public:
  // Leases that are asked for, in stock, in flight or not recorded yet.
  int leased() const { return leased_; }
  // The bytes of their events.
  std::size_t bytes() const { return bytes_; }

  // So many leases are asked for, or are not any more.
  void Ask(int count) { leased_ += count; }
  void Answer(int count) { leased_ -= count; }

  void Add(std::shared_ptr<Flight> flight);

  // The endpoint's first, which must be there: it begins.
  std::shared_ptr<Flight> Take(const Endpoint& endpoint);

  // What was taken is leased no longer.
  void End(const Flight& flight);

  // Takes out all of the endpoint; their leases.
  std::vector<LeaseName> Drop(const Endpoint& endpoint);

  // The endpoints of the project that have something in stock.
  std::vector<Endpoint> Of(const std::string& project) const;

  // When the first of the endpoint that is not begun became due;
  // InfiniteFuture: there is none.
  absl::Time OldestDue(const Endpoint& endpoint) const;

  // An endpoint that has something in stock; null: none has.
  const Endpoint* Any() const;

 private:
  // By webhook; none is empty.
  absl::flat_hash_map<std::string, std::deque<std::shared_ptr<Flight>>>
      flights_;
  int leased_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_STOCK_H_

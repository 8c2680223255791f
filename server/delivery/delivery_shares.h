#ifndef WEBHOOKS_SERVER_DELIVERY_DELIVERY_SHARES_H_
#define WEBHOOKS_SERVER_DELIVERY_DELIVERY_SHARES_H_

#include <cstdint>
#include <string>

#include "server/delivery/fair_share.h"

namespace webhooks::server {

// The resources of deliveries that projects share: attempts in flight, leases,
// and the bytes of the events that are leased. Not thread-safe.
class DeliveryShares {
 public:
  // An unanswered lease request, with the bytes that its answer can have.
  struct Request {
    int count = 0;
    std::int64_t bytes = 0;
  };

  DeliveryShares(int max_in_flight, std::int64_t max_bytes);

  // Returns true if the project may have another attempt in flight.
  bool MayBegin(const std::string& project) const;

  // Returns true if the project may lease another delivery.
  bool MayLease(const std::string& project) const;

  // Return true if some project may, one that holds nothing at least.
  bool MayAnyBegin() const { return !places_.IsUsedUp(); }
  bool MayAnyLease() const { return !leases_.IsUsedUp() && !bytes_.IsUsedUp(); }

  // Returns a number that differs once something was given back: until then, a
  // project that may not begin or lease may not do so later either.
  std::int64_t version() const { return version_; }

  // Takes what a request for `wanted` deliveries needs, for fewer if there is
  // no room for them: it leaves half of the project's room to its other
  // endpoints. MayLease must be true; at least one is taken.
  Request Ask(const std::string& project, int wanted);

  // Gives back what a request has taken, as it is answered.
  void Answer(const std::string& project, const Request& request);

  // A delivery is leased, with an event of so many bytes; or not any longer.
  void Lease(const std::string& project, std::int64_t bytes);
  void EndLease(const std::string& project, std::int64_t bytes);

  // An attempt is in flight, or not any longer.
  void Begin(const std::string& project) { places_.Take(project, 1); }
  void End(const std::string& project) { GiveBack(places_, project, 1); }

  int in_flight() const { return static_cast<int>(places_.used()); }

  // Leases, and those that are asked for.
  int leased() const { return static_cast<int>(leases_.used()); }

 private:
  void GiveBack(FairShare& share, const std::string& project,
                std::int64_t amount);

  FairShare places_;
  FairShare leases_;
  FairShare bytes_;
  std::int64_t version_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_DELIVERY_SHARES_H_

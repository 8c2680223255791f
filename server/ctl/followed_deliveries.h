#ifndef WEBHOOKS_SERVER_CTL_FOLLOWED_DELIVERIES_H_
#define WEBHOOKS_SERVER_CTL_FOLLOWED_DELIVERIES_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "webhooks/v1/delivery_service.pb.h"

namespace webhooks::ctl {

// Finds the deliveries that are new or have changed since the last look, for
// `delivery list --follow`. Not thread-safe.
class FollowedDeliveries {
 public:
  // The calls of the server.
  struct Calls {
    std::function<absl::StatusOr<v1::ListDeliveriesResponse>(
        const v1::ListDeliveriesRequest&)>
        list;
    std::function<absl::StatusOr<v1::Delivery>(const std::string& id)> get;
  };

  // A look lists at least `listed` deliveries, the newest, and reads at most
  // `read` older ones. The first look returns at most `first`, the newest; 0:
  // all.
  struct Limits {
    std::size_t listed = 1000;
    std::size_t read = 100;
    std::size_t first = 0;
  };

  // Follows the deliveries that `wanted` selects. Without a start_time and an
  // event, those that are made after the first look.
  FollowedDeliveries(Calls calls, v1::ListDeliveriesRequest wanted,
                     Limits limits);

  // Returns the deliveries that are new or have changed since the last look,
  // the oldest first; at the first look those that are wanted. An error of a
  // call loses nothing: the next look returns all since the last one.
  //
  // A delivery that has not ended and is older than those listed is read when
  // its next attempt is due and at least once a minute, if the limit allows.
  absl::StatusOr<std::vector<v1::Delivery>> Look(absl::Time now);

 private:
  struct Seen {
    v1::Delivery::State state = v1::Delivery::STATE_UNSPECIFIED;
    int attempts = 0;
    absl::Time read_at;
  };
  using Rows = std::vector<v1::Delivery>;

  absl::Status SetStart();
  absl::StatusOr<Rows> List();
  absl::StatusOr<Rows> ReadOlder(const Rows& listed, absl::Time now);
  bool Update(const v1::Delivery& row, absl::Time now);

  const Calls calls_;
  v1::ListDeliveriesRequest wanted_;
  const std::optional<v1::Delivery::State> state_;
  const Limits limits_;
  bool has_start_;
  bool has_looked_ = false;
  // The deliveries of the last list, and older ones that had not ended.
  absl::flat_hash_map<std::string, Seen> seen_;
  // Deliveries of the first millisecond that were there before the first look.
  absl::flat_hash_set<std::string> ignored_;
  // The newest id of the last list; "" before it.
  std::string newest_;
};

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_FOLLOWED_DELIVERIES_H_

#ifndef WEBHOOKS_STORAGE_SQL_ROWS_WAITING_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_WAITING_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sql/connection.h"

namespace webhooks::sql {

// A delivery that waits for an endpoint.
struct WaitingDelivery {
  // The 16 bytes.
  std::string id;
  std::int64_t event_seq = 0;
  // When it became due.
  absl::Time due;
  // The earliest time for its attempt. A delivery that is due at once may be
  // attempted at any time, even if the clock was set back.
  absl::Time not_before = absl::InfinitePast();
  // Orders the deliveries of an ordered webhook across both orders of
  // WaitingRows.
  absl::Time since;
  // See DeliveryProgress::retry_at.
  std::optional<absl::Time> retry_at;
  int attempts = 0;
  int schedule_base = 0;
};

// Reads the deliveries that wait for one endpoint, in one of the two orders
// that kAtOnce (storage/delivery_progress.h) defines. Throws the
// failures of the driver; for use inside Connection::Guarded.
class WaitingRows {
 public:
  enum class Order {
    kAtOnce,  // by place
    kTimed,   // by time
  };

  // Reads `first` rows at first, and more if they are needed.
  WaitingRows(Connection& connection, Order order, absl::string_view webhook,
              int first);

  // Requests the first rows, for a WaitingRows with the same arguments.
  void Prefetch() { row_.Prefetch(); }

  // Returns the first delivery that is left; null if there is none.
  const WaitingDelivery* Front();
  void Pop() { front_.reset(); }

 private:
  WaitingDelivery Read();

  const Order order_;
  Statement row_;
  std::optional<WaitingDelivery> front_;
  bool is_at_end_ = false;
};

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_WAITING_ROWS_H_

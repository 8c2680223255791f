#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_WAITING_ROWS_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_WAITING_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// A row of those that wait for one endpoint.
struct Waiting {
  // The 16 bytes.
  std::string id;
  std::int64_t event_seq = 0;
  // When it became due.
  absl::Time due;
  // When it may be attempted: one that is due at once, at any time, whatever
  // became of the clock since it was published.
  absl::Time not_before = absl::InfinitePast();
  // Where it stands among those of an ordered webhook in the other order.
  absl::Time since;
  int attempts = 0;
  int schedule_base = 0;
};

// Goes through the deliveries that wait for one endpoint, in one of the two
// orders that they wait in: see kAtOnce. Throws what SQLiteCpp throws; for use
// inside Connection::Guarded.
class WaitingRows {
 public:
  enum class Order {
    kAtOnce,  // in the order of their places
    kTimed,   // the earliest first
  };

  WaitingRows(Connection& connection, Order order, absl::string_view webhook);

  // The first of those that are left; null: none is.
  const Waiting* Front();
  void Pop() { front_.reset(); }

 private:
  Waiting Read();

  Connection& connection_;
  const Order order_;
  Statement row_;
  std::optional<Waiting> front_;
  bool is_at_end_ = false;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_WAITING_ROWS_H_

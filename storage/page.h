#ifndef WEBHOOKS_STORAGE_PAGE_H_
#define WEBHOOKS_STORAGE_PAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "storage/uuid.h"
#include "webhooks/v1/admin.pb.h"
#include "webhooks/v1/event.pb.h"

// Parts of lists.
namespace webhooks {

// The position of an event in a list of events.
struct EventPosition {
  absl::Time created_at = absl::InfiniteFuture();
  // The rank of the event in the order of publication.
  std::int64_t seq = INT64_MAX;

  friend bool operator==(const EventPosition&, const EventPosition&) = default;
  friend bool operator<(const EventPosition& a, const EventPosition& b) {
    return std::tie(a.created_at, a.seq) < std::tie(b.created_at, b.seq);
  }
};

// The type of a position in a list of `Record`s: the key by which the list is
// ordered. Most lists are ordered by the id of the record.
template <typename Record>
struct ListOrder {
  using Position = Uuid;
};
template <>
struct ListOrder<v1::Event> {
  using Position = EventPosition;
};
// The name.
template <>
struct ListOrder<v1::CertificateBinding> {
  using Position = std::string;
};
template <typename Record>
using PositionOf = typename ListOrder<Record>::Position;

// The part of a list that a caller requests.
template <typename Record>
struct PageStart {
  // The page begins behind this position, the Page::next of another page. There
  // need not be a record at this position. Unset: at the beginning of the list.
  std::optional<PositionOf<Record>> after = std::nullopt;
  // The maximum number of records; at least 1.
  int size = 100;
};

// A part of a list. It can have fewer records than requested, even none,
// although more follow: a page ends when it is large, or after many records
// that the filter rejects.
template <typename Record>
struct Page {
  std::vector<Record> records;
  // The PageStart::after of the next page. Unset: this is the last page.
  std::optional<PositionOf<Record>> next = std::nullopt;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_PAGE_H_

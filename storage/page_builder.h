#ifndef WEBHOOKS_STORAGE_PAGE_BUILDER_H_
#define WEBHOOKS_STORAGE_PAGE_BUILDER_H_

#include <cstddef>
#include <optional>
#include <utility>

#include "storage/page.h"

namespace webhooks {

// Builds a page from records in the order of their list, and bounds its size
// and the work for it.
template <typename Record>
class PageBuilder {
 public:
  explicit PageBuilder(const PageStart<Record>& start) : size_(start.size) {}

  // Moves to the record at `position`. Returns false if the page is complete
  // without it. Call it for every record in the list, rejected ones too.
  bool MoveTo(PositionOf<Record> position) {
    if (static_cast<int>(page_.records.size()) == size_ ||
        bytes_ >= kMaxBytes || visited_ == kMaxVisited) {
      page_.next = std::move(position_);
      return false;
    }
    ++visited_;
    position_ = std::move(position);
    return true;
  }

  // Adds the record at the current position.
  void Add(Record record) {
    bytes_ += record.ByteSizeLong();
    page_.records.push_back(std::move(record));
  }

  Page<Record> Take() && { return std::move(page_); }

  // A page ends when its records have this many bytes, so that a response stays
  // well below the limit of a message.
  static constexpr std::size_t kMaxBytes = 1 << 20;

  // A page ends after this many records, so that a filter that rejects nearly
  // all of them does not occupy a reader for long.
  static constexpr int kMaxVisited = 10'000;

 private:
  const int size_;
  Page<Record> page_;
  std::optional<PositionOf<Record>> position_;
  std::size_t bytes_ = 0;
  int visited_ = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_PAGE_BUILDER_H_

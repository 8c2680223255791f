#ifndef WEBHOOKS_STORAGE_SQLITE_ROWS_PAGE_BUILDER_H_
#define WEBHOOKS_STORAGE_SQLITE_ROWS_PAGE_BUILDER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "storage/call.h"

namespace webhooks::sqlite {

// Puts a page together from rows in the order of a list.
template <typename T>
class PageBuilder {
 public:
  explicit PageBuilder(const PageStart& start) : size_(start.size) {}

  // To be called with the place of each row that is there: whether the page
  // goes on with it. If not, the page is done.
  bool Reach(std::string place) {
    if (static_cast<int>(page_.records.size()) == size_ ||
        bytes_ >= kMaxBytes || rows_ == kMaxRows) {
      page_.next = place_;
      return false;
    }
    ++rows_;
    place_ = std::move(place);
    return true;
  }

  // Adds the record of the row that was reached last.
  void Add(T record) {
    bytes_ += record.ByteSizeLong();
    page_.records.push_back(std::move(record));
  }

  Page<T> Take() && { return std::move(page_); }

 private:
  // A page ends where its records hold as many bytes, so that an answer stays
  // well below what one message may hold.
  static constexpr std::size_t kMaxBytes = 1 << 20;

  // A page ends where as many rows were looked at, so that a filter that lets
  // little through holds no reader for long.
  static constexpr int kMaxRows = 10'000;

  const int size_;
  Page<T> page_;
  std::string place_;
  std::size_t bytes_ = 0;
  int rows_ = 0;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_ROWS_PAGE_BUILDER_H_

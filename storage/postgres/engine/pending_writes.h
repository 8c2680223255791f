#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_PENDING_WRITES_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_PENDING_WRITES_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "storage/postgres/engine/link.h"
#include "storage/postgres/engine/row_update.h"

namespace webhooks::postgres {

// An INSERT of one row of values that can be written for several rows.
class RowInsert {
 public:
  // Returns nullopt if the statement, in the SQL of PostgreSQL, is another one.
  static std::optional<RowInsert> Parse(absl::string_view sql, int parameters);

  // Returns the statement for `rows` rows.
  const std::string& Text(std::size_t rows) const;

  std::size_t parameters() const { return parameters_; }

 private:
  RowInsert(absl::string_view head, absl::string_view row,
            std::size_t parameters)
      : head_(head), row_(row), parameters_(parameters) {}

  std::string head_;
  std::string row_;
  std::size_t parameters_;
  mutable std::map<std::size_t, std::string> texts_;
};

// Returns a statement that runs an UPDATE of one row, and fails with a
// substring error if there is no such row.
std::string FailingWithoutRow(absl::string_view update);

// Writes of a transaction that need no answer of their own and that change
// different rows, so that they can be sent together and in any order. A few
// statements with many rows are faster than one for each row.
class PendingWrites {
 public:
  bool empty() const {
    return inserts_.empty() && sums_.empty() && update_ == nullptr &&
           idempotent_.empty();
  }

  // Returns the statement of the updates, or null if there are none. One
  // statement has updates at a time, so that updates of one row by two
  // statements keep their order.
  const RowUpdate* update() const { return update_; }

  // Adds a row. `insert` must outlive this. Copies the parameters. Returns the
  // number of rows of the same statement.
  std::size_t AddRow(const RowInsert& insert,
                     const std::vector<Parameter>& row);

  // Adds an UPDATE of one row that adds parameter `index`, from 1 on, to a
  // column. Updates that differ in it alone become one, with the sum.
  // The transaction fails if there is no such row.
  void AddSum(absl::string_view update, const std::vector<Parameter>& row,
              std::size_t index);

  // Adds an update, in place of an earlier one of the same row. `update` must
  // outlive this. Returns the number of rows. There are no updates of another
  // statement.
  std::size_t AddUpdate(const RowUpdate& update,
                        const std::vector<Parameter>& row);

  // Adds a statement that has the same effect if it runs several times, unless
  // it was added with the same parameters. It runs after the updates, so it
  // must not change their tables.
  void AddIdempotent(const Query& query);

  // Adds statements that lock the rows of the sums to `locks`, unless it has
  // them, in an order that is the same for all transactions.
  void AddLocks(std::vector<Query>& locks);

  // Returns the statements that perform all, and forgets them.
  std::vector<Query> Take();

  void Clear();

 private:
  struct Insert {
    const RowInsert* insert;
    std::vector<Parameter> parameters;
    // The types of the columns; 0: all values were NULL.
    std::vector<Oid> types;
  };
  struct Sum {
    std::string update;
    // The other parameters, which name the row.
    std::string row;
    std::vector<Parameter> parameters;
    std::size_t index;
    std::int64_t sum;
  };

  // Sorts the sums by their rows, so that two transactions do not wait for each
  // other.
  void SortSums();
  static void TakeRows(const Insert& insert, std::vector<Query>& queries);

  std::vector<Insert> inserts_;
  std::vector<Sum> sums_;
  const RowUpdate* update_ = nullptr;
  std::vector<RowUpdate::Row> updated_;
  // The indexes of the updated rows by their ids.
  absl::flat_hash_map<std::string, std::size_t> updated_by_id_;
  std::vector<Query> idempotent_;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_PENDING_WRITES_H_

#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_CURSORS_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_CURSORS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage/postgres/engine/dialect.h"
#include "storage/postgres/engine/link.h"
#include "storage/postgres/engine/pending_writes.h"
#include "storage/sql/connection.h"

// The statements of a Connection.
namespace webhooks::postgres {

class Connection;

// Returns the number of rows for the next fetch of a stream, whose last fetch
// got `rows` rows of `bytes` bytes in total: more each time, up to some
// megabytes if the next rows are as large. `rows` is positive.
int NextFetch(int rows, std::size_t bytes);

// The parameters of a statement, and the rows of a result.
class ResultCursor : public sql::Cursor {
 public:
  explicit ResultCursor(Translation statement)
      : query_{std::move(statement.sql),
               std::vector<Parameter>(
                   static_cast<std::size_t>(statement.parameters)),
               /*is_frequent=*/true} {}

  void BindInt64(int index, std::int64_t value) override {
    At(index).SetInt64(value);
  }
  void BindText(int index, const std::string& text) override {
    At(index).SetText(text);
  }
  void BindBytes(int index, absl::string_view bytes) override {
    At(index).SetBytes(bytes);
  }
  void BindCopy(int index, absl::string_view bytes) override {
    At(index).SetCopy(bytes);
  }
  bool IsNull(int column) override;
  std::int64_t Int64(int column) override;
  absl::string_view Bytes(int column) override;

 protected:
  const Query& query() const { return query_; }
  // Takes the rows of a result.
  void Take(Result result) {
    result_ = std::move(result);
    row_ = -1;
  }
  bool has_result() const { return result_ != nullptr; }
  int rows() const { return PQntuples(result_.get()); }
  // Returns the size of the result in memory.
  std::size_t result_bytes() const { return PQresultMemorySize(result_.get()); }
  // Moves to the next row of the result. Returns false if there is none.
  bool NextRow() { return ++row_ < rows(); }
  void Forget() {
    query_.parameters.assign(query_.parameters.size(), Parameter());
    result_.reset();
  }

 private:
  Parameter& At(int index) {
    return query_.parameters[static_cast<std::size_t>(index) - 1];
  }

  Query query_;
  Result result_;
  int row_ = -1;
};

// A statement whose rows arrive together.
class PreparedCursor final : public ResultCursor {
 public:
  // `connection` must outlive this.
  PreparedCursor(Connection& connection, absl::string_view sql);

  bool Step() override;
  void Execute() override;
  void ExecuteIdempotent() override;
  int ExecuteAndCount() override;
  bool ExecuteOnOne() override;
  bool ExecuteToAdd(int index) override;
  void Prefetch() override;
  void Reset() noexcept override { Forget(); }

 private:
  Connection& connection_;
  const std::optional<RowInsert> row_insert_;
  const std::optional<RowUpdate> row_update_;
};

// A query whose rows arrive in parts: the first ones by a LIMIT, and more, if
// they are read, with a cursor of the server.
class StreamCursor final : public ResultCursor {
 public:
  // `connection` must outlive this.
  StreamCursor(Connection& connection, absl::string_view sql);

  // Sets the number of the rows of the first part.
  void SetFirst(int first) { first_ = first; }

  bool Step() override;
  void Execute() override { Step(); }
  int ExecuteAndCount() override;
  bool ExecuteOnOne() override { return Step(); }
  void Prefetch() override;
  void Reset() noexcept override;

 private:
  void Open();
  void Fetch();
  Query First() const;

  Connection& connection_;
  // False if the statement has a limit of its own.
  const bool takes_limit_;
  int first_ = 0;
  std::string name_;
  bool is_open_ = false;
  bool owns_transaction_ = false;
  // The size of the current part, and the rows of the parts before it.
  int part_ = 0;
  int passed_ = 0;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_CURSORS_H_

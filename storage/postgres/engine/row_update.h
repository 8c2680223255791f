#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_ROW_UPDATE_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_ROW_UPDATE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/postgres/engine/link.h"

namespace webhooks::postgres {

// An UPDATE that sets columns of the row with one id, and that can be written
// for several rows.
class RowUpdate {
 public:
  // The values of the columns, and the id at the end.
  using Row = std::vector<Parameter>;

  // Returns nullopt if the statement, in the SQL of PostgreSQL, has another
  // form than UPDATE t SET a = $1, b = $2 WHERE id = $3.
  static std::optional<RowUpdate> Parse(absl::string_view sql, int parameters);

  // Returns the statement that updates the rows, whose ids differ.
  Query For(absl::Span<const Row> rows) const;

  std::size_t parameters() const { return columns_.size(); }

 private:
  std::string table_;
  // The last one is the id.
  std::vector<std::string> columns_;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_ROW_UPDATE_H_

#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_DIALECT_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_DIALECT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::postgres {

struct Translation {
  std::string sql;
  // The number of parameters.
  int parameters = 0;
};

// Translates a statement of storage/sql, which is written for SQLite, for
// PostgreSQL:
//
// - `?` and `?3` become `$1` and `$3`, with the numbers that SQLite gives them;
// - `INDEXED BY name` is left out, and `CROSS JOIN` becomes `JOIN`: they lead
//   the planner of SQLite;
// - `ifnull(` becomes `coalesce(`; `max(` with several arguments, `greatest(`.
//
// Text in quotes stays as it is.
Translation Translate(absl::string_view sql);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_DIALECT_H_

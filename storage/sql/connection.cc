#include "storage/sql/connection.h"

namespace webhooks::sql {

absl::Status Connection::Execute(absl::string_view operation,
                                 absl::string_view sql) {
  return Guarded(operation, [&]() -> absl::Status {
    Prepared(sql).Execute();
    return absl::OkStatus();
  });
}

}  // namespace webhooks::sql

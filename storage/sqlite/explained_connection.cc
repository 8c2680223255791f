#include "storage/sqlite/explained_connection.h"

#include "absl/strings/str_cat.h"

namespace webhooks::sqlite {

absl::StatusOr<ExplainedConnection> ExplainedConnection::Open(
    const std::string& path, const std::string& name, Connection::Mode mode) {
  auto fault = std::make_unique<std::string>();
  auto connection = Connection::Open(
      path, mode,
      [fault = fault.get()](absl::string_view what, absl::string_view why) {
        *fault = absl::StrCat(what, ": ", why);
      });
  if (!connection.ok()) return connection.status();
  return ExplainedConnection(name, std::move(fault), *std::move(connection));
}

absl::Status ExplainedConnection::Explain(const absl::Status& status) const {
  if (status.ok()) return status;
  return absl::Status(
      status.code(),
      absl::StrCat("database ", name_, ": ",
                   fault_->empty() ? status.message() : *fault_));
}

}  // namespace webhooks::sqlite

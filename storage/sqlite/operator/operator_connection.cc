#include "storage/sqlite/operator/operator_connection.h"

#include "absl/strings/str_cat.h"

namespace webhooks::sqlite {

absl::StatusOr<OperatorConnection> OperatorConnection::Open(
    const std::string& path, const std::string& name, Connection::Mode mode) {
  auto last_fault = std::make_unique<LastFault>();
  auto connection = Connection::Open(path, mode, *last_fault);
  if (!connection.ok()) return connection.status();
  return OperatorConnection(name, std::move(last_fault),
                            *std::move(connection));
}

absl::Status OperatorConnection::Explain(const absl::Status& status) const {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("database ", name_, ": ",
                                                  last_fault_->text.empty()
                                                      ? status.message()
                                                      : last_fault_->text));
}

void OperatorConnection::LastFault::Faulted(absl::string_view operation,
                                            absl::string_view cause) {
  text = absl::StrCat(operation, ": ", cause);
}

}  // namespace webhooks::sqlite

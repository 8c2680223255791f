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
  const absl::Status explained = last_fault_->Explain(status);
  return absl::Status(explained.code(), absl::StrCat("database ", name_, ": ",
                                                     explained.message()));
}

}  // namespace webhooks::sqlite

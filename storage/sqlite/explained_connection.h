#ifndef WEBHOOKS_STORAGE_SQLITE_EXPLAINED_CONNECTION_H_
#define WEBHOOKS_STORAGE_SQLITE_EXPLAINED_CONNECTION_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/sqlite/connection.h"

namespace webhooks::sqlite {

// A connection of a program that tells its operator what its driver complains
// of, where a server would log it.
class ExplainedConnection {
 public:
  // Opens a connection; see Connection::Open. `name` is the operator's name for
  // the file.
  static absl::StatusOr<ExplainedConnection> Open(const std::string& path,
                                                  const std::string& name,
                                                  Connection::Mode mode);

  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

  // `status` of a call of the connection, with the file's name and the driver's
  // last words.
  absl::Status Explain(const absl::Status& status) const;

 private:
  ExplainedConnection(std::string name, std::unique_ptr<std::string> fault,
                      std::unique_ptr<Connection> connection)
      : name_(std::move(name)),
        fault_(std::move(fault)),
        connection_(std::move(connection)) {}

  std::string name_;
  std::unique_ptr<std::string> fault_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_EXPLAINED_CONNECTION_H_

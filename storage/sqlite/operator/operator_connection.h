#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_OPERATOR_CONNECTION_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_OPERATOR_CONNECTION_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/last_fault.h"
#include "storage/sqlite/engine/connection.h"

namespace webhooks::sqlite {

// A connection of a command-line tool, which shows the driver's messages to the
// operator. A server writes them to its log instead.
class OperatorConnection {
 public:
  // Opens a connection; see Connection::Open. Messages call the file `name`.
  static absl::StatusOr<OperatorConnection> Open(const std::string& path,
                                                 const std::string& name,
                                                 Connection::Mode mode);

  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }

  // Adds the file's name and the driver's message (see LastFault) to the status
  // of a failed call of the connection. Returns OK if `status` is OK.
  absl::Status Explain(const absl::Status& status) const;

 private:
  OperatorConnection(std::string name, std::unique_ptr<LastFault> last_fault,
                     std::unique_ptr<Connection> connection)
      : name_(std::move(name)),
        last_fault_(std::move(last_fault)),
        connection_(std::move(connection)) {}

  std::string name_;
  // Declared before the connection, which refers to it.
  std::unique_ptr<LastFault> last_fault_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_OPERATOR_CONNECTION_H_

#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_FAILURE_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_FAILURE_H_

#include <exception>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace webhooks::postgres {

// A failed statement. Stays inside sql::Connection::Guarded.
class Failure final : public std::exception {
 public:
  // `state` is the SQLSTATE
  // (https://www.postgresql.org/docs/15/errcodes-appendix.html), kDisconnected
  // for a failure of the connection. `cause` is the driver's own message,
  // without values of the rows.
  Failure(std::string state, std::string cause)
      : state_(std::move(state)), cause_(std::move(cause)) {}

  const char* what() const noexcept override { return cause_.c_str(); }
  const std::string& state() const { return state_; }

  static constexpr absl::string_view kDisconnected = "08006";

 private:
  std::string state_;
  std::string cause_;
};

// Returns true if the connection failed, or ends.
bool IsDisconnect(absl::string_view state);

// Returns true if the transaction was lost to another one. The same work can
// succeed in a new transaction, which sees what the other one has changed.
bool IsConflict(absl::string_view state);

// Returns true if a row was inserted that is there already.
bool IsUniqueViolation(absl::string_view state);

// Returns the error of storage/errors.h for a SQLSTATE.
absl::Status StatusOfState(absl::string_view state);

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_FAILURE_H_

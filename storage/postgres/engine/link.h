#ifndef WEBHOOKS_STORAGE_POSTGRES_ENGINE_LINK_H_
#define WEBHOOKS_STORAGE_POSTGRES_ENGINE_LINK_H_

#include <postgresql/libpq-fe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/postgres/engine/target.h"

namespace webhooks::postgres {

// Shared by the readers of a result that was fetched ahead for all of them.
using Result = std::shared_ptr<PGresult>;

// Reads a signed integer in network byte order.
std::int64_t ReadInteger(absl::string_view bytes);

// A parameter of a statement, sent in its binary form. Initially NULL.
class Parameter {
 public:
  void SetInt64(std::int64_t value);
  // The text and the bytes must outlive the execution.
  void SetText(absl::string_view text);
  void SetBytes(absl::string_view bytes);
  // Keeps a copy of the bytes.
  void SetCopy(absl::string_view bytes);
  // Sets the type of the value, or of NULL.
  void SetType(Oid type) { type_ = type; }

  Oid type() const { return type_; }
  // Null for NULL.
  const char* data() const { return bytes().data(); }
  int size() const { return static_cast<int>(bytes().size()); }
  absl::string_view bytes() const {
    return is_copy_ ? absl::string_view(copy_) : bytes_;
  }
  // Returns the value that SetInt64 has set.
  std::int64_t Int64() const { return ReadInteger(bytes()); }
  // Returns a parameter with a copy of the bytes.
  Parameter Owned() const;

 private:
  // 0: the server infers the type.
  Oid type_ = 0;
  bool is_copy_ = false;
  std::string copy_;
  absl::string_view bytes_;
};

struct Query {
  std::string sql;
  std::vector<Parameter> parameters = {};
  // True if it will run often, and is worth preparing.
  bool is_frequent = false;
};

// A connection of libpq in pipeline mode: several statements are sent together
// and answered in one round trip. For one thread at a time.
class Link {
 public:
  // Connects. UNAVAILABLE: the message is for the operator and holds no
  // password.
  static absl::StatusOr<std::unique_ptr<Link>> Connect(const Target& target);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  // Adds a statement to those that the next Finish waits for. Copies it. Throws
  // a Failure if the connection is lost.
  void Enqueue(const Query& query);

  // Waits for the enqueued statements and returns their results. Throws a
  // Failure for the first that fails; the later ones are not run.
  std::vector<Result> Finish();

  // Runs one statement.
  Result Run(const Query& query);

  // Sends the enqueued statements and this one without waiting for them. The
  // next Finish fails if they fail.
  void Send(const Query& query);

  // Returns true if the connection can be used.
  bool IsGood() const;

  // Returns true, once, if the server has sent a warning.
  bool TakeWarning();

 private:
  Link(PGconn* connection, bool prepares);

  // A command of the pipeline: prepares the statement with this key, or runs
  // one if that is "".
  using Commands = std::vector<std::string>;

  // Returns the name of the prepared statement, which it prepares first if
  // needed.
  std::string Prepared(const Query& query, const std::vector<Oid>& types);
  void Sync();
  // Returns the next result; null at the end of those of one statement.
  Result Next(absl::Time deadline);
  // Reads the results of the commands and their Sync. Returns those of
  // statements.
  std::vector<Result> Read(const Commands& commands);
  [[noreturn]] void Disconnected();

  PGconn* const connection_;
  const bool prepares_;
  // The names of prepared statements by their text and types.
  absl::flat_hash_map<std::string, std::string> prepared_;
  int last_name_ = 0;
  // The commands since the last Sync.
  Commands enqueued_;
  // The commands before each Sync whose results are not read.
  std::vector<Commands> sent_;
  bool is_broken_ = false;
  bool has_warning_ = false;
};

}  // namespace webhooks::postgres

#endif  // WEBHOOKS_STORAGE_POSTGRES_ENGINE_LINK_H_

#ifndef WEBHOOKS_TESTS_SUPPORT_POSTGRES_CLUSTER_H_
#define WEBHOOKS_TESTS_SUPPORT_POSTGRES_CLUSTER_H_

#include <sys/types.h>

#include <atomic>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace webhooks::testing {

// A private PostgreSQL that listens on a socket in a new folder alone. It ends
// with this process, however that ends. Thread-safe.
class PostgresCluster {
 public:
  // Returns true if the programs of PostgreSQL 15 are there. `./dev test`
  // installs them.
  static bool IsInstalled();

  // Returns the cluster of this process, started by the first call.
  static PostgresCluster& Shared();

  // Creates a cluster and starts it, with further settings (`-c NAME=VALUE`).
  // Ends the process if that fails.
  explicit PostgresCluster(const std::vector<std::string>& settings = {});
  PostgresCluster(const PostgresCluster&) = delete;
  PostgresCluster& operator=(const PostgresCluster&) = delete;
  // Stops it at once and deletes its data.
  ~PostgresCluster();

  // Creates an empty database. Returns its URL.
  std::string CreateDatabase();

  // Runs a statement in the database at `url`. Returns its first value; "" if
  // it has none.
  static std::string Run(const std::string& url, const std::string& statement);

 private:
  std::string UrlOf(const std::string& database) const;

  TempFolder folder_;
  pid_t server_ = 0;
  std::atomic<int> databases_ = 0;
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_POSTGRES_CLUSTER_H_

#include "tests/contract/databases.h"

#include <utility>

#include "storage/open.h"
#include "tests/support/postgres_cluster.h"

namespace webhooks::testing {
namespace {

// Returns the URL of the database that the tests of this process use one after
// another.
const std::string& Url() {
  static const std::string& url =
      *new std::string(PostgresCluster::Shared().CreateDatabase());
  return url;
}

class PostgresDatabase final : public TestDatabase {
 public:
  ~PostgresDatabase() override {
    // Faster than another database, or than the same tables again.
    PostgresCluster::Run(
        Url(),
        "DO $$ DECLARE name text; BEGIN"
        " FOR name IN SELECT tablename FROM pg_tables"
        " WHERE schemaname = 'webhooks' AND tablename NOT IN "
        "('schema_version', 'shards')"
        " LOOP EXECUTE 'DELETE FROM webhooks.' || name; END LOOP; END $$");
  }

  absl::StatusOr<std::unique_ptr<Store>> Open(const SecretKeys& keys,
                                              SteadyClock steady_clock,
                                              StoreObserver& observer,
                                              const v1::Server& self) override {
    // On a slow machine, the server stays alive.
    return OpenStore(Url() + "&beat=1m", Always(keys), observer,
                     std::move(steady_clock), self);
  }
};

}  // namespace

std::unique_ptr<TestDatabase> MakePostgresDatabase() {
  return std::make_unique<PostgresDatabase>();
}

}  // namespace webhooks::testing

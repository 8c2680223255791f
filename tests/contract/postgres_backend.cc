#include "tests/contract/databases.h"

#include <string>
#include <utility>
#include <vector>

#include "storage/open.h"
#include "tests/support/postgres_cluster.h"

namespace webhooks::testing {
namespace {

// Returns the URLs of the databases that no test uses now: the tests of this
// process use them one after another.
std::vector<std::string>& FreeDatabases() {
  static std::vector<std::string>& urls = *new std::vector<std::string>;
  return urls;
}

class PostgresDatabase final : public TestDatabase {
 public:
  PostgresDatabase() {
    if (FreeDatabases().empty()) {
      url_ = PostgresCluster::Shared().CreateDatabase() +
             // On a slow machine, the server stays alive.
             "&beat=1m";
      return;
    }
    url_ = std::move(FreeDatabases().back());
    FreeDatabases().pop_back();
  }

  ~PostgresDatabase() override {
    // Faster than another database, or than the same tables again.
    PostgresCluster::Run(
        url_.substr(0, url_.rfind('&')),
        "DO $$ DECLARE name text; BEGIN"
        " FOR name IN SELECT tablename FROM pg_tables"
        " WHERE schemaname = 'webhooks' AND tablename NOT IN "
        "('schema_version', 'shards')"
        " LOOP EXECUTE 'DELETE FROM webhooks.' || name; END LOOP; END $$");
    FreeDatabases().push_back(std::move(url_));
  }

  std::string Url() const override { return url_; }

  absl::StatusOr<std::unique_ptr<Store>> Open(const SecretKeys& keys,
                                              SteadyClock steady_clock,
                                              StoreObserver& observer,
                                              const v1::Server& self) override {
    return OpenStore(url_, Always(keys), observer, std::move(steady_clock),
                     self);
  }

 private:
  std::string url_;
};

}  // namespace

std::unique_ptr<TestDatabase> MakePostgresDatabase() {
  return std::make_unique<PostgresDatabase>();
}

}  // namespace webhooks::testing

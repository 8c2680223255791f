#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/open.h"
#include "tests/contract/databases.h"
#include "tests/support/records.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

class SqliteDatabase final : public TestDatabase {
 public:
  std::string Url() const override {
    return absl::StrCat("sqlite:", folder_.Path("webhooks.db"));
  }

  absl::StatusOr<std::unique_ptr<Store>> Open(const SecretKeys& keys,
                                              SteadyClock steady_clock,
                                              StoreObserver& observer,
                                              const v1::Server& self) override {
    return OpenStore(Url(), Always(keys), observer, std::move(steady_clock),
                     self);
  }

 private:
  TempFolder folder_;
};

}  // namespace

std::unique_ptr<TestDatabase> MakeSqliteDatabase() {
  return std::make_unique<SqliteDatabase>();
}

}  // namespace webhooks::testing

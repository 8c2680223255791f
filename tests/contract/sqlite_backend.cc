#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "storage/open.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

class SqliteDatabase final : public TestDatabase {
 public:
  std::unique_ptr<Store> Open() override {
    auto store = OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                           [](absl::string_view, absl::string_view) {});
    if (!store.ok()) {
      std::cerr << store.status() << std::endl;
      std::abort();
    }
    return *std::move(store);
  }

 private:
  TempFolder folder_;
};

std::unique_ptr<TestDatabase> MakeSqliteDatabase() {
  return std::make_unique<SqliteDatabase>();
}

}  // namespace

std::vector<Backend> AllBackends() { return {{"Sqlite", &MakeSqliteDatabase}}; }

std::string StoreContract::NewProject() {
  const ProjectAndKey made = MakeProject();
  EXPECT_TRUE(CreateProject(*store_, made.project, made.key, made.hash).ok());
  return made.project.id_project();
}

}  // namespace webhooks::testing

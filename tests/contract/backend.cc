#include "tests/contract/backend.h"

#include <cstdlib>
#include <iostream>

#include "tests/contract/databases.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/records.h"
#include "tests/support/wait.h"

namespace webhooks::testing {

std::vector<Backend> AllBackends() {
  std::vector<Backend> backends = {{"Sqlite", &MakeSqliteDatabase}};
  if (PostgresCluster::IsInstalled()) {
    backends.push_back({"Postgres", &MakePostgresDatabase});
  } else {
    static const bool said = [] {
      std::cerr << "PostgreSQL is not installed: its tests are left out\n";
      return true;
    }();
    static_cast<void>(said);
  }
  return backends;
}

absl::StatusOr<std::unique_ptr<Store>> StoreContract::TryOpen(
    const SecretKeys& keys) {
  return database_->Open(
      keys, [this] { return elapsed_.load(); }, observer_, self_);
}

void StoreContract::Reopen(const SecretKeys& keys) {
  store_.reset();
  auto store = TryOpen(keys);
  if (!store.ok()) {
    std::cerr << store.status() << std::endl;
    std::abort();
  }
  store_ = *std::move(store);
}

std::string StoreContract::NewProject() {
  const ProjectAndKey made = MakeProject();
  EXPECT_TRUE(CreateProject(*store_, made.project, made.key, made.hash).ok());
  return made.project.id_project();
}

v1::Webhook StoreContract::NewWebhook() { return NewWebhook(NewProject()); }

v1::Webhook StoreContract::NewWebhook(const std::string& project) {
  auto created = CreateWebhook(*store_, MakeWebhook(project));
  EXPECT_TRUE(created.ok()) << created.status();
  return created.ok() ? *std::move(created) : v1::Webhook();
}

}  // namespace webhooks::testing

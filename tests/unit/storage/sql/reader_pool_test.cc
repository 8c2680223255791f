#include "storage/sql/reader_pool.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::sql {
namespace {

TEST(ReaderPool, KeepsAThreadForOtherProjects) {
  const testing::TempFolder folder;
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 2; ++i) {
    auto connection = sqlite::Connection::Open(
        folder.Path("test.db"), sqlite::Connection::Mode::kWrite);
    ASSERT_THAT(connection, testing::IsOk());
    connections.push_back(*std::move(connection));
  }
  absl::Notification release;
  ReaderPool pool(std::move(connections), StoreObserver::None());
  for (int i = 0; i < 10; ++i) {
    pool.Submit({}, "busy", [&](const absl::Status&, Connection*) {
      release.WaitForNotification();
    });
  }
  // After the first of these reads, its thread could take another busy read.
  for (int i = 0; i < 2; ++i) {
    absl::Notification other;
    pool.Submit({}, "other",
                [&](const absl::Status&, Connection*) { other.Notify(); });
    other.WaitForNotification();
  }
  release.Notify();
}

}  // namespace
}  // namespace webhooks::sql

#ifndef WEBHOOKS_TESTS_UNIT_STORAGE_SQLITE_ENGINE_OLD_DATABASE_H_
#define WEBHOOKS_TESTS_UNIT_STORAGE_SQLITE_ENGINE_OLD_DATABASE_H_

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "storage/await.h"
#include "storage/open.h"
#include "storage/sqlite/engine/connection.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::sqlite {

// A database of an earlier version, from its SQL dump.
class OldDatabase : public ::testing::Test {
 protected:
  explicit OldDatabase(const char* dump) {
    EXPECT_EQ(
        sqlite3_exec(Connect()->handle(), dump, nullptr, nullptr, nullptr),
        SQLITE_OK);
  }

  std::unique_ptr<Connection> Connect() {
    auto connection =
        Connection::Open(folder_.Path("test.db"), Connection::Mode::kWrite);
    EXPECT_THAT(connection, testing::IsOk());
    return *std::move(connection);
  }

  absl::StatusOr<std::unique_ptr<Store>> Open() {
    return OpenStore(url_, testing::Always());
  }

  // Returns the content of all files.
  std::string Bytes() {
    std::string bytes;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Path("."))) {
      bytes += testing::ReadFile(file.path().string());
    }
    return bytes;
  }

  // Returns the number of webhooks that get an event of `type`.
  static int Matched(Store& store, const std::string& project,
                     const std::string& type) {
    v1::Event event;
    event.set_id_project(project);
    event.set_id_event(testing::NewId());
    event.set_type(type);
    *event.mutable_created_at() = ToTimestamp(absl::Now());
    const auto published = Await<Created<v1::PublishEventResponse>>(
        [&](auto done) { store.PublishEvent(event, std::nullopt, {}, done); });
    EXPECT_THAT(published, testing::IsOk());
    return published->answer.matched_webhooks();
  }

  testing::TempFolder folder_;
  const std::string url_ = absl::StrCat("sqlite:", folder_.Path("test.db"));
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_TESTS_UNIT_STORAGE_SQLITE_ENGINE_OLD_DATABASE_H_

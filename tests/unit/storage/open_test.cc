#include "storage/open.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using testing::StatusIs;

absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& url) {
  return OpenStore(url, testing::Always());
}

mode_t Mode(const std::string& path) {
  struct stat facts {};
  EXPECT_EQ(stat(path.c_str(), &facts), 0) << path;
  return facts.st_mode & 0777;
}

TEST(OpenStore, RefusesUnknownUrls) {
  for (const std::string url :
       {"", "webhooks.db", "mysql:x", "sqlite:", "sqlite:x?max_bytes=0",
        "sqlite:x?max_bytes=1k",
        "sqlite::memory:", "sqlite:x?journal_mode=off"}) {
    EXPECT_THAT(Open(url), StatusIs(absl::StatusCode::kInvalidArgument)) << url;
  }
}

TEST(OpenStore, CreatesAPrivateFolderWithPrivateFiles) {
  const testing::TempFolder folder;
  const std::string path = folder.Path("new/folder/webhooks.db");
  const auto store = Open(absl::StrCat("sqlite:", path));
  ASSERT_THAT(store, IsOk());
  EXPECT_EQ(Mode(folder.Path("new/folder")), 0700u);
  EXPECT_EQ(Mode(path), 0600u);
  EXPECT_EQ(Mode(path + "-wal"), 0600u);
}

TEST(OpenStore, KeepsASecondProcessOut) {
  const testing::TempFolder folder;
  const std::string url = absl::StrCat("sqlite:", folder.Path("webhooks.db"));
  auto first = Open(url);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Open(url), StatusIs(absl::StatusCode::kFailedPrecondition));
  first->reset();
  EXPECT_THAT(Open(url), IsOk());
}

TEST(OpenStore, KeepsASecondProcessOutIfTheLockFileIsRemoved) {
  const testing::TempFolder folder;
  const std::string url = absl::StrCat("sqlite:", folder.Path("webhooks.db"));
  auto first = Open(url);
  ASSERT_THAT(first, IsOk());
  std::filesystem::remove(folder.Path("webhooks.db.lock"));
  EXPECT_THAT(Open(url), StatusIs(absl::StatusCode::kFailedPrecondition));
}

class RemovedFile : public ::testing::TestWithParam<const char*> {};

TEST_P(RemovedFile, OfADatabaseInUseStopsItsWrites) {
  const testing::TempFolder folder;
  const std::string path = folder.Path("webhooks.db");
  auto store = Open(absl::StrCat("sqlite:", path));
  ASSERT_THAT(store, IsOk());
  const auto create = [&] {
    const testing::ProjectAndKey made = testing::MakeProject();
    return testing::CreateProject(**store, made.project, made.key, made.hash);
  };
  const auto probe = [&] {
    return AwaitStatus([&](auto done) { (*store)->Probe({}, done); });
  };
  ASSERT_THAT(create(), IsOk());
  const std::string file = path + GetParam();
  std::filesystem::rename(file, file + ".moved");
  EXPECT_THAT(create(),
              StatusIs(absl::StatusCode::kUnavailable, "STORAGE_UNAVAILABLE"));
  EXPECT_THAT(probe(), StatusIs(absl::StatusCode::kUnavailable));
  testing::WriteFile(file, "another file");
  EXPECT_THAT(create(), StatusIs(absl::StatusCode::kUnavailable));
  std::filesystem::rename(file + ".moved", file);
  EXPECT_THAT(create(), IsOk());
  EXPECT_THAT(probe(), IsOk());
}

INSTANTIATE_TEST_SUITE_P(Each, RemovedFile, ::testing::Values("", "-wal"));

TEST(OpenStore, KeepsASecondProcessOutUnderAnotherName) {
  const testing::TempFolder folder;
  const auto first = Open(absl::StrCat("sqlite:", folder.Path("webhooks.db")));
  ASSERT_THAT(first, IsOk());
  std::filesystem::create_symlink("webhooks.db", folder.Path("link.db"));
  EXPECT_THAT(Open(absl::StrCat("sqlite:", folder.Path("link.db"))),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(OpenStore, KeepsASecondProcessOutOfAFileBehindALink) {
  const testing::TempFolder folder;
  std::filesystem::create_symlink("webhooks.db", folder.Path("link.db"));
  const auto first = Open(absl::StrCat("sqlite:", folder.Path("link.db")));
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(Open(absl::StrCat("sqlite:", folder.Path("webhooks.db"))),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(OpenStore, RefusesALimitBelowTheSizeOfTheFile) {
  const testing::TempFolder folder;
  for (const std::string limit : {"100", "8192"}) {
    EXPECT_THAT(Open(absl::StrCat("sqlite:", folder.Path("webhooks.db"),
                                  "?max_bytes=", limit)),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << limit;
  }
}

TEST(OpenStore, NamesAnInvalidPath) {
  const testing::TempFolder folder;
  EXPECT_FALSE(Open(absl::StrCat("sqlite:", folder.Path(std::string(300, 'x')),
                                 "/webhooks.db"))
                   .ok());
}

TEST(OpenStore, NamesAFileThatIsNotADatabase) {
  const testing::TempFolder folder;
  const std::string path = folder.Path("notifications.txt");
  testing::WriteFile(path, std::string(5000, 'x'));
  const auto store = Open(absl::StrCat("sqlite:", path));
  EXPECT_THAT(store, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(store.status().message()), HasSubstr(path));
  EXPECT_EQ(testing::ReadFile(path), std::string(5000, 'x'));
}

TEST(OpenStore, RefusesWhatIsNotARegularFileAndCreatesNothing) {
  const testing::TempFolder folder;
  std::filesystem::create_symlink("/dev/null", folder.Path("webhooks.db"));
  EXPECT_THAT(Open(absl::StrCat("sqlite:", folder.Path("webhooks.db"))),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(std::filesystem::exists("/dev/null.lock"));
}

TEST(OpenStore, RefusesAFileWithSeveralNames) {
  const testing::TempFolder folder;
  const std::string url = absl::StrCat("sqlite:", folder.Path("webhooks.db"));
  ASSERT_THAT(Open(url), IsOk());
  std::filesystem::create_hard_link(folder.Path("webhooks.db"),
                                    folder.Path("other.db"));
  EXPECT_THAT(Open(url), StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(OpenStore, NamesAFolderThatCannotBeCreated) {
  const testing::TempFolder folder;
  testing::WriteFile(folder.Path("file"), "");
  const auto store =
      Open(absl::StrCat("sqlite:", folder.Path("file/in/webhooks.db")));
  ASSERT_FALSE(store.ok());
  EXPECT_THAT(std::string(store.status().message()),
              HasSubstr(folder.Path("file")));
}

TEST(OpenStore, RefusesWritesAtItsSizeLimitAndStillReads) {
  const testing::TempFolder folder;
  auto store = Open(
      absl::StrCat("sqlite:", folder.Path("webhooks.db"), "?max_bytes=262144"));
  ASSERT_THAT(store, IsOk());
  const testing::ProjectAndKey made = testing::MakeProject();
  ASSERT_THAT(
      testing::CreateProject(**store, made.project, made.key, made.hash),
      IsOk());
  const v1::Webhook first = testing::MakeWebhook(made.project.id_project());
  ASSERT_THAT(testing::CreateWebhook(**store, first), IsOk());

  absl::Status status;
  v1::Webhook refused;
  for (int i = 0; i < 1000 && status.ok(); ++i) {
    refused = testing::MakeWebhook(made.project.id_project());
    status = testing::CreateWebhook(**store, refused).status();
  }
  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kResourceExhausted, "STORAGE_FULL"));
  EXPECT_THAT(testing::GetWebhook(**store, refused.id_project(),
                                  refused.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(testing::GetWebhook(**store, first.id_project(),
                                  first.id_webhook_endpoint()),
              IsOk());
}

TEST(OpenStore, LooksUpAKeyWhileOtherReadsTakeLong) {
  const testing::TempFolder folder;
  const auto store = Open(absl::StrCat("sqlite:", folder.Path("webhooks.db")));
  ASSERT_THAT(store, IsOk());
  const testing::ProjectAndKey made = testing::MakeProject();
  ASSERT_THAT(
      testing::CreateProject(**store, made.project, made.key, made.hash),
      IsOk());
  absl::Notification release;
  constexpr int kLists = 20;
  absl::BlockingCounter lists(kLists);
  for (int i = 0; i < kLists; ++i) {
    (*store)->ListWebhooks(testing::NewId(), {}, {}, {},
                           [&](const absl::StatusOr<Page<v1::Webhook>>&) {
                             release.WaitForNotification();
                             lists.DecrementCount();
                           });
  }
  Pending<absl::StatusOr<KeyOwner>> found;
  (*store)->FindApiKey(made.hash, {absl::Now() + absl::Seconds(30), nullptr},
                       found.Completion());
  EXPECT_THAT(found.Get(), IsOk());
  release.Notify();
  lists.Wait();
}

TEST(StoreFolder, IsTheFolderOfTheFile) {
  EXPECT_EQ(StoreFolder("sqlite:data/webhooks.db?max_bytes=1"), "data");
  EXPECT_EQ(StoreFolder("sqlite:webhooks.db"), "");
  EXPECT_EQ(StoreFolder("nonsense"), "");
}

}  // namespace
}  // namespace webhooks

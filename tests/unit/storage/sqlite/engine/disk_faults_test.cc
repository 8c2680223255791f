#include "tests/support/disk_faults.h"

#include <cerrno>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks {
namespace {

using testing::CreateWebhook;
using testing::GetWebhook;
using testing::IsOk;
using testing::MakeWebhook;
using testing::StatusIs;

class Observer final : public StoreObserver {
 public:
  void Faulted(absl::string_view, absl::string_view cause) override {
    last_fault = std::string(cause);
  }

  std::string last_fault;
};

class DiskFaults : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Store>> TryOpen() {
    return OpenStore(absl::StrCat("sqlite:", folder_.Path("webhooks.db")),
                     testing::Always(), observer_);
  }

  void Open() {
    store_.reset();
    auto store = TryOpen();
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  void SetUp() override {
    Open();
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(*store_, made.project, made.key, made.hash),
        IsOk());
    project_ = made.project.id_project();
  }

  void TearDown() override { testing::MendDisk(); }

  testing::TempFolder folder_;
  Observer observer_;
  std::unique_ptr<Store> store_;
  std::string project_;
};

TEST_F(DiskFaults, EachLoneChangeIsSyncedBeforeItIsAcknowledged) {
  ASSERT_THAT(CreateWebhook(*store_, MakeWebhook(project_)), IsOk());
  for (int i = 0; i < 10; ++i) {
    const int before = testing::FsyncCount();
    ASSERT_THAT(CreateWebhook(*store_, MakeWebhook(project_)), IsOk());
    EXPECT_GT(testing::FsyncCount(), before);
  }
}

TEST_F(DiskFaults, AFullDiskRefusesAChangeAndKeepsNothingOfIt) {
  const v1::Webhook webhook = MakeWebhook(project_);
  testing::FillDisk();
  const absl::Status full = CreateWebhook(*store_, webhook).status();
  EXPECT_THAT(full,
              StatusIs(absl::StatusCode::kResourceExhausted, "STORAGE_FULL"));
  EXPECT_TRUE(full.GetPayload("type.googleapis.com/google.rpc.RetryInfo"));
  testing::MendDisk();
  EXPECT_THAT(GetWebhook(*store_, project_, webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DiskFaults, ChangesWorkAgainOnceTheDiskHasRoom) {
  testing::FillDisk();
  CreateWebhook(*store_, MakeWebhook(project_)).IgnoreError();
  testing::MendDisk();
  const v1::Webhook webhook = MakeWebhook(project_);
  EXPECT_THAT(CreateWebhook(*store_, webhook), IsOk());
  EXPECT_THAT(GetWebhook(*store_, project_, webhook.id_webhook_endpoint()),
              IsOk());
}

TEST_F(DiskFaults, AnExhaustedQuotaIsAFullDisk) {
  testing::ExceedQuota();
  EXPECT_THAT(CreateWebhook(*store_, MakeWebhook(project_)),
              StatusIs(absl::StatusCode::kResourceExhausted, "STORAGE_FULL"));
}

TEST_F(DiskFaults, ARecordThatCannotBeReadIsNotReportedAsDamaged) {
  // A new store has no record in memory, and an empty log.
  v1::Webhook webhook = MakeWebhook(project_);
  ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  Open();
  testing::FailReads();
  EXPECT_THAT(GetWebhook(*store_, project_, webhook.id_webhook_endpoint()),
              StatusIs(absl::StatusCode::kUnavailable, "STORAGE_UNAVAILABLE"));
  EXPECT_THAT(observer_.last_fault, ::testing::HasSubstr("Input/output error"));
}

TEST_F(DiskFaults, ADatabaseThatCannotBeReadIsNotReportedAsDamaged) {
  store_.reset();
  testing::FailReads();
  EXPECT_THAT(TryOpen(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(DiskFaults, AProbeFailsIfNothingCanBeWritten) {
  const auto probe = [this] {
    return AwaitStatus([this](auto done) { store_->Probe({}, done); });
  };
  EXPECT_THAT(probe(), IsOk());
  testing::FillDisk();
  CreateWebhook(*store_, MakeWebhook(project_)).IgnoreError();
  EXPECT_THAT(probe(),
              StatusIs(absl::StatusCode::kResourceExhausted, "STORAGE_FULL"));
  testing::MendDisk();
  EXPECT_THAT(probe(), IsOk());
}

TEST_F(DiskFaults, AFullDiskStillReads) {
  const v1::Webhook webhook = MakeWebhook(project_);
  ASSERT_THAT(CreateWebhook(*store_, webhook), IsOk());
  testing::FillDisk();
  EXPECT_THAT(GetWebhook(*store_, project_, webhook.id_webhook_endpoint()),
              IsOk());
}

// In a container, only the folder of the database may be writable.
TEST_F(DiskFaults, NoWriteNeedsATemporaryFile) {
  testing::LockTemporaryFolder();
  ASSERT_THAT(CreateWebhook(*store_, MakeWebhook(project_)), IsOk());
  // Large enough that a write exceeds the memory that SQLite would use.
  for (int batch = 0; batch < 3; ++batch) {
    EventStore::MaybeEvents events;
    for (int i = 0; i < 1000; ++i) {
      v1::Event event;
      event.set_id_project(project_);
      event.set_id_event(testing::NewId());
      event.set_type("connection.created");
      event.set_data(std::string(1000, '1'));
      events.push_back(std::move(event));
    }
    const auto published =
        Await<Created<v1::PublishEventBatchResponse>>([&](auto done) {
          store_->PublishEvents(project_, events, std::nullopt, {}, done);
        });
    ASSERT_THAT(published, IsOk());
    for (const auto& result : published->answer.results()) {
      ASSERT_TRUE(result.has_published()) << result.DebugString();
    }
  }
}

using DiskFaultsDeathTest = DiskFaults;

// The death test creates everything again in its child process.
TEST_F(DiskFaultsDeathTest, AFailedFsyncEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // The child cannot delete its folder. It is in the folder of this test, which
  // deletes it.
  setenv("TMPDIR", folder_.Path("").c_str(), 1);
  for (const int error : {EIO, EDQUOT}) {
    EXPECT_EXIT(
        {
          testing::FailFsync(error);
          CreateWebhook(*store_, MakeWebhook(project_)).IgnoreError();
        },
        ::testing::ExitedWithCode(74), "");
  }
  unsetenv("TMPDIR");
}

}  // namespace
}  // namespace webhooks

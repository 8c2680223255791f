#include "server/upkeep/maintenance_thread.h"

#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "tests/support/eventually.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::server {
namespace {

using testing::IsOk;

TEST(MaintenanceThread, RunsAllStepsAtOnce) {
  const testing::TempFolder folder;
  const auto store = OpenStore(
      absl::StrCat("sqlite:", folder.Path("webhooks.db")), testing::Always());
  ASSERT_THAT(store, IsOk());
  const testing::ProjectAndKey made = testing::MakeProject();
  ASSERT_THAT(
      testing::CreateProject(**store, made.project, made.key, made.hash),
      IsOk());
  ASSERT_THAT(Await<v1::Project>([&](auto done) {
                (*store)->DeleteProject(made.project.id_project(), absl::Now(),
                                        {}, done);
              }),
              IsOk());
  const MaintenanceThread maintenance(**store, &absl::Now, absl::Hours(1),
                                      absl::Hours(24));
  // The ids are free when all content is deleted.
  EXPECT_TRUE(testing::Eventually([&] {
    return testing::CreateProject(**store, made.project, made.key, made.hash)
        .ok();
  }));
}

TEST(MaintenanceThread, EndsAfterTheStepInProgress) {
  const testing::TempFolder folder;
  const auto store = OpenStore(
      absl::StrCat("sqlite:", folder.Path("webhooks.db")), testing::Always());
  ASSERT_THAT(store, IsOk());
  for (int i = 0; i < 20; ++i) {
    const MaintenanceThread maintenance(**store, &absl::Now, absl::Hours(1),
                                        absl::Hours(24));
  }
}

// An Upkeep whose retention clock the test sets.
class FakeUpkeep final : public Upkeep {
 public:
  struct Step {
    absl::Time now;
    absl::Duration most;
    absl::Duration retention;
  };

  explicit FakeUpkeep(absl::Time retention_time)
      : retention_time_(retention_time) {}

  void Probe(const CallOptions&, DoneStatus done) override {
    std::move(done)(absl::OkStatus());
  }
  void AdvanceRetention(absl::Time, absl::Duration most, const CallOptions&,
                        Done<absl::Time> done) override {
    most_ = most;
    std::move(done)(retention_time_);
  }
  void Maintain(absl::Time now, absl::Duration retention, const CallOptions&,
                Done<bool> done) override {
    absl::MutexLock lock(&mutex_);
    steps_.push_back({now, most_, retention});
    std::move(done)(steps_.size() == 1);
  }
  void FindLatestId(const CallOptions&, Done<absl::Time> done) override {
    std::move(done)(absl::InfinitePast());
  }
  void ListUnusedKeys(const CallOptions&,
                      Done<std::vector<SecretKey::Id>> done) override {
    std::move(done)(std::vector<SecretKey::Id>());
  }
  void ReplaceSecretKeys(SecretKeys, const CallOptions&,
                         DoneStatus done) override {
    std::move(done)(absl::OkStatus());
  }

  // Waits for two steps, and returns all.
  std::vector<Step> AwaitSteps() {
    const auto enough = [this] {
      mutex_.AssertHeld();
      return steps_.size() >= 2;
    };
    absl::MutexLock lock(&mutex_, absl::Condition(&enough));
    return steps_;
  }

 private:
  const absl::Time retention_time_;
  absl::Duration most_;
  absl::Mutex mutex_;
  std::vector<Step> steps_ ABSL_GUARDED_BY(mutex_);
};

TEST(MaintenanceThread, ExtendsRetentionWhileItsClockIsBehind) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  FakeUpkeep store(now - absl::Hours(48));
  const MaintenanceThread maintenance(
      store, [&] { return now; }, absl::Hours(1), absl::Hours(24));
  EXPECT_EQ(store.AwaitSteps()[0].retention, absl::Hours(72));
}

TEST(MaintenanceThread, LimitsTheRetentionClockToTwiceTheSpeed) {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  FakeUpkeep store(now);
  absl::Duration elapsed;
  const MaintenanceThread maintenance(
      store, [&] { return now; }, absl::Hours(1), absl::Hours(24),
      [&] { return std::exchange(elapsed, elapsed + absl::Seconds(10)); });
  const auto steps = store.AwaitSteps();
  EXPECT_EQ(steps[0].most, absl::Seconds(20));
  EXPECT_EQ(steps[1].most, absl::Seconds(20));
}

}  // namespace
}  // namespace webhooks::server

#include "server/upkeep/health_monitor.h"

#include <vector>

#include "absl/synchronization/mutex.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/errors.h"
#include "tests/support/fake_store.h"

namespace webhooks::server {
namespace {

// Keeps what a monitor reports, and waits for it.
class Reports {
 public:
  void Add(bool serving) {
    absl::MutexLock lock(&mutex_);
    last_ = serving;
    ++count_;
  }
  bool last() const {
    absl::MutexLock lock(&mutex_);
    return last_;
  }
  int count() const {
    absl::MutexLock lock(&mutex_);
    return count_;
  }
  void Await(bool serving) {
    absl::MutexLock lock(&mutex_);
    wanted_ = serving;
    mutex_.Await(absl::Condition(this, &Reports::IsWanted));
  }

 private:
  bool IsWanted() const { return last_ == wanted_; }

  mutable absl::Mutex mutex_;
  bool last_ = false;
  bool wanted_ = false;
  int count_ = 0;
};

class HealthTest : public ::testing::Test {
 protected:
  HealthMonitor::Report Report() {
    return [this](bool serving) { reports_.Add(serving); };
  }

  testing::FakeStore store_;
  Reports reports_;
};

TEST_F(HealthTest, IsKnownOnceTheConstructorReturns) {
  const HealthMonitor monitor(store_, absl::Hours(1), absl::Seconds(5),
                              Report());
  EXPECT_EQ(reports_.count(), 1);
  EXPECT_TRUE(reports_.last());
}

TEST_F(HealthTest, FollowsTheStore) {
  const HealthMonitor monitor(store_, absl::Milliseconds(1), absl::Seconds(5),
                              Report());
  store_.FailWith(StorageUnavailable());
  reports_.Await(false);
  store_.FailWith(absl::OkStatus());
  reports_.Await(true);
}

TEST_F(HealthTest, EndsWithTheMonitor) {
  {
    const HealthMonitor monitor(store_, absl::Hours(1), absl::Seconds(5),
                                Report());
  }
  EXPECT_FALSE(reports_.last());
}

TEST_F(HealthTest, AFullStoreCannotServe) {
  store_.FailWith(StorageFull());
  const HealthMonitor monitor(store_, absl::Hours(1), absl::Seconds(5),
                              Report());
  EXPECT_FALSE(reports_.last());
}

}  // namespace
}  // namespace webhooks::server

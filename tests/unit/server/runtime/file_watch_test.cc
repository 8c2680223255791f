#include "server/runtime/file_watch.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

// A watch of a text that the test changes. It counts readings.
class FileWatchTest : public ::testing::Test {
 protected:
  void Watch(std::optional<std::string> first) {
    watch_.emplace(
        absl::Milliseconds(1), std::move(first), [this] { return Read(); },
        [this](const absl::StatusOr<std::string>& found) {
          absl::MutexLock lock(&mutex_);
          adopted_.push_back(
              found.ok() ? *found : std::string(found.status().message()));
          return accepts_;
        });
  }

  absl::StatusOr<std::string> Read() {
    absl::MutexLock lock(&mutex_);
    ++readings_;
    return changes_constantly_ ? std::string(readings_, 'x') : text_;
  }

  void SetText(absl::StatusOr<std::string> text) {
    absl::MutexLock lock(&mutex_);
    text_ = std::move(text);
  }

  // Waits until the watch has handled the current text.
  void AwaitReadings(int count = 4) {
    absl::MutexLock lock(&mutex_);
    const int end = readings_ + count;
    const auto is_read = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return readings_ >= end;
    };
    mutex_.Await(absl::Condition(&is_read));
  }

  std::vector<std::string> adopted() {
    absl::MutexLock lock(&mutex_);
    return adopted_;
  }

  absl::Mutex mutex_;
  absl::StatusOr<std::string> text_ ABSL_GUARDED_BY(mutex_) = "a";
  bool accepts_ ABSL_GUARDED_BY(mutex_) = true;
  bool changes_constantly_ ABSL_GUARDED_BY(mutex_) = false;
  int readings_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> adopted_ ABSL_GUARDED_BY(mutex_);
  std::optional<FileWatch<std::string>> watch_;
};

TEST_F(FileWatchTest, PassesOnEachChangeOnce) {
  Watch("a");
  AwaitReadings();
  SetText("b");
  AwaitReadings();
  SetText(absl::NotFoundError("gone"));
  AwaitReadings();
  SetText("b");
  AwaitReadings();
  EXPECT_THAT(adopted(), ElementsAre("b", "gone", "b"));
}

TEST_F(FileWatchTest, PassesOnAnUnknownFirstContent) {
  Watch(std::nullopt);
  AwaitReadings();
  EXPECT_THAT(adopted(), ElementsAre("a"));
}

TEST_F(FileWatchTest, WaitsForFilesThatAreBeingChanged) {
  {
    absl::MutexLock lock(&mutex_);
    changes_constantly_ = true;
  }
  Watch("a");
  AwaitReadings(10);
  EXPECT_THAT(adopted(), ElementsAre());
}

TEST_F(FileWatchTest, RepeatsAContentThatWasNotAccepted) {
  {
    absl::MutexLock lock(&mutex_);
    accepts_ = false;
    text_ = "b";
  }
  Watch("a");
  AwaitReadings(10);
  EXPECT_GT(adopted().size(), 2u);
  {
    absl::MutexLock lock(&mutex_);
    accepts_ = true;
    text_ = "a";
    adopted_.clear();
  }
  AwaitReadings();
  // A return to the content before the refused one is a change too.
  EXPECT_THAT(adopted(), Contains("a"));
}

}  // namespace
}  // namespace webhooks

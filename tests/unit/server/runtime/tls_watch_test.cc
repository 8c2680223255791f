#include "server/runtime/tls_watch.h"

#include <atomic>
#include <filesystem>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/certificates.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks {
namespace {

using testing::IsOk;
using testing::StatusIs;

class TlsWatchTest : public ::testing::Test {
 protected:
  TlsWatchTest() { Write(first_); }

  void Write(const testing::TestCertificate& made) {
    testing::WriteFile(files_.certificate, made.certificate);
    testing::WriteFile(files_.key, made.key);
  }

  void Watch() {
    auto watch = TlsWatch::Start(files_, absl::Milliseconds(5), [this] {
      ++asked_;
      return absl::Now() + ahead_.load();
    });
    ASSERT_THAT(watch, IsOk());
    watch_ = *std::move(watch);
  }

  // Waits until the watch uses `certificate`.
  void Await(const std::string& certificate) {
    ASSERT_TRUE(testing::Eventually(
        [&] { return watch_->current()->certificate == certificate; }));
  }

  void AwaitRefused(bool is_refused) {
    ASSERT_TRUE(testing::Eventually(
        [&] { return watch_->is_refused() == is_refused; }));
  }

  testing::TempFolder folder_;
  const TlsFiles files_ = {folder_.Path("cert"), folder_.Path("key"), ""};
  const testing::TestCertificate first_ = testing::MakeCertificate("a", "");
  const testing::TestCertificate second_ = testing::MakeCertificate("b", "");
  // The offset of the watch's clock, and the number of times it was read.
  std::atomic<absl::Duration> ahead_ = absl::ZeroDuration();
  std::atomic<int> asked_ = 0;
  std::unique_ptr<TlsWatch> watch_;
};

TEST_F(TlsWatchTest, StartsWithTheFiles) {
  Watch();
  EXPECT_EQ(watch_->current()->certificate, first_.certificate);
  EXPECT_EQ(watch_->current(), watch_->current());
}

TEST_F(TlsWatchTest, DoesNotStartWithUnusableFiles) {
  testing::WriteFile(files_.key, second_.key);
  EXPECT_THAT(TlsWatch::Start(files_),
              StatusIs(absl::StatusCode::kInvalidArgument));
  std::filesystem::remove(files_.key);
  EXPECT_THAT(TlsWatch::Start(files_), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(TlsWatchTest, IsNullWithoutFiles) {
  const auto none = TlsWatch::Start({});
  ASSERT_THAT(none, IsOk());
  EXPECT_EQ(*none, nullptr);
}

TEST_F(TlsWatchTest, UsesChangedFiles) {
  Watch();
  Write(second_);
  Await(second_.certificate);
  EXPECT_EQ(watch_->current()->key, second_.key);
  Write(first_);
  Await(first_.certificate);
}

TEST_F(TlsWatchTest, TellsIfChangedFilesCannotBeUsed) {
  Watch();
  EXPECT_FALSE(watch_->is_refused());
  testing::WriteFile(files_.key, second_.key);
  AwaitRefused(true);
  testing::WriteFile(files_.key, first_.key);
  AwaitRefused(false);
}

TEST_F(TlsWatchTest, UsesACertificateOnceItIsValid) {
  Watch();
  ahead_ = -absl::Hours(24 * 365);
  const auto before = watch_->current();
  const int asked = asked_;
  Write(second_);
  ASSERT_TRUE(testing::Eventually([&] { return asked_ >= asked + 3; }));
  EXPECT_EQ(watch_->current(), before);
  EXPECT_TRUE(watch_->is_refused());
  Write(first_);
  AwaitRefused(false);
  Write(second_);
  AwaitRefused(true);
  ahead_ = absl::ZeroDuration();
  Await(second_.certificate);
  AwaitRefused(false);
}

TEST_F(TlsWatchTest, KeepsTheOldPairWhileOnlyHalfIsReplaced) {
  Watch();
  testing::WriteFile(files_.certificate, second_.certificate);
  std::filesystem::remove(files_.key);
  testing::WriteFile(files_.key, second_.key);
  Await(second_.certificate);
  const auto before = watch_->current();
  testing::WriteFile(files_.key, first_.key);
  // A new watch cannot start with these files.
  EXPECT_FALSE(TlsWatch::Start(files_).ok());
  EXPECT_EQ(watch_->current(), before);
  testing::WriteFile(files_.certificate, first_.certificate);
  Await(first_.certificate);
}

}  // namespace
}  // namespace webhooks

#include "server/observability/fault_log.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class FaultLogTest : public ::testing::Test {
 protected:
  void Add(const std::string& operation, const std::string& cause) {
    log_->Add(operation, cause);
  }

  absl::Duration now_;
  std::vector<std::string> lines_;
  std::unique_ptr<FaultLog> log_ = std::make_unique<FaultLog>(
      [this](absl::string_view operation, absl::string_view cause, int count) {
        lines_.push_back(absl::StrCat(operation, " ", cause, " ", count));
      },
      [this] { return now_; });
};

TEST_F(FaultLogTest, WritesTheFirstFaultOfACauseAtOnce) {
  Add("connect", "refused");
  Add("commit", "full");
  EXPECT_THAT(lines_, ElementsAre("connect refused 1", "commit full 1"));
}

TEST_F(FaultLogTest, CountsThoseThatFollow) {
  for (int i = 0; i < 1000; ++i) Add("connect", "refused");
  now_ += FaultLog::kInterval;
  Add("beat", "refused");
  EXPECT_THAT(lines_, ElementsAre("connect refused 1", "connect refused 999"));
  now_ += FaultLog::kInterval;
  Add("commit", "full");
  EXPECT_THAT(lines_, ElementsAre("connect refused 1", "connect refused 999",
                                  "beat refused 1", "commit full 1"));
}

TEST_F(FaultLogTest, WritesTheCountWithoutAFurtherFault) {
  log_->Add("read", "down");
  log_->Add("write", "down");
  log_->WriteDue();
  EXPECT_THAT(lines_, SizeIs(1));
  now_ += FaultLog::kInterval;
  log_->WriteDue();
  EXPECT_THAT(lines_, SizeIs(2));
}

TEST_F(FaultLogTest, WritesAFaultAtOnceAfterAnIntervalWithoutOne) {
  Add("connect", "refused");
  now_ += FaultLog::kInterval;
  Add("connect", "refused");
  EXPECT_THAT(lines_, ElementsAre("connect refused 1", "connect refused 1"));
}

TEST_F(FaultLogTest, WritesTheRestAtTheEnd) {
  Add("connect", "refused");
  Add("connect", "refused");
  log_->Flush();
  EXPECT_THAT(lines_, SizeIs(2));
  Add("connect", "refused");
  Add("connect", "refused");
  log_.reset();
  EXPECT_THAT(lines_, SizeIs(4));
}

TEST_F(FaultLogTest, BoundsTheNumberOfCauses) {
  for (int i = 0; i < 1000; ++i) Add("read", absl::StrCat("damaged: ", i));
  EXPECT_THAT(lines_, SizeIs(20));
  now_ += FaultLog::kInterval;
  Add("read", "damaged: last");
  EXPECT_THAT(lines_, SizeIs(22));
  EXPECT_EQ(lines_[20], "read other causes 980");
}

}  // namespace
}  // namespace webhooks::server

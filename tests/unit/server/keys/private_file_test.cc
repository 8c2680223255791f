#include "server/keys/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

class PrivateFile : public ::testing::Test {
 protected:
  static unsigned ModeOf(const std::string& path) {
    struct stat facts {};
    EXPECT_EQ(lstat(path.c_str(), &facts), 0);
    return facts.st_mode & 07777;
  }

  testing::TempFolder folder_;
  const std::string file_ = folder_.Path("key");
  // The temporary file of an interrupted start.
  const std::string unfinished_ = folder_.Path("key.new");
};

TEST_F(PrivateFile, IsReadAsItWasWritten) {
  ASSERT_THAT(WritePrivateFile(file_, "secret"), IsOk());
  EXPECT_EQ(**ReadPrivateFile(file_), "secret");
  EXPECT_EQ(ModeOf(file_), 0600u);
  ASSERT_THAT(WritePrivateFile(file_, "another"), IsOk());
  EXPECT_EQ(**ReadPrivateFile(file_), "another");
}

TEST_F(PrivateFile, IsPrivateEvenIfAnotherFileExisted) {
  testing::WriteFile(unfinished_, "half a sec");
  ASSERT_EQ(chmod(unfinished_.c_str(), 0644), 0);
  ASSERT_THAT(WritePrivateFile(file_, "secret"), IsOk());
  EXPECT_EQ(**ReadPrivateFile(file_), "secret");
  EXPECT_EQ(ModeOf(file_), 0600u);
  EXPECT_FALSE(std::filesystem::exists(unfinished_));
}

TEST_F(PrivateFile, IsNotWrittenThroughALink) {
  const std::string other = folder_.Path("other");
  testing::WriteFile(other, "other");
  ASSERT_EQ(symlink(other.c_str(), unfinished_.c_str()), 0);
  ASSERT_THAT(WritePrivateFile(file_, "secret"), IsOk());
  EXPECT_EQ(testing::ReadFile(other), "other");
  EXPECT_TRUE(
      std::filesystem::is_regular_file(std::filesystem::symlink_status(file_)));
}

TEST_F(PrivateFile, ThatCannotBeWrittenKeepsTheOldOne) {
  ASSERT_THAT(WritePrivateFile(file_, "secret"), IsOk());
  std::filesystem::create_directories(unfinished_ + "/inside");
  EXPECT_THAT(WritePrivateFile(file_, "another"),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(**ReadPrivateFile(file_), "secret");
}

TEST_F(PrivateFile, IsNotOpenToOthersByTheGroupThatItsReaderNeeds) {
  const auto is_open = [](unsigned mode, uid_t owner, gid_t group) {
    struct stat facts {};
    facts.st_mode = S_IFREG | mode;
    facts.st_uid = owner;
    facts.st_gid = group;
    return IsOpenToOthers(facts);
  };
  const uid_t own = geteuid();
  const uid_t other = own + 1;
  const gid_t group = getegid();
  EXPECT_FALSE(is_open(0600, own, group));
  EXPECT_TRUE(is_open(0640, own, group));
  EXPECT_TRUE(is_open(0604, own, group));
  EXPECT_FALSE(is_open(0440, other, group));
  EXPECT_TRUE(is_open(0460, other, group));
  EXPECT_TRUE(is_open(0444, other, group));
  EXPECT_TRUE(is_open(0440, other, 54321));
}

TEST_F(PrivateFile, ThatIsAbsentOrEmptyHasNoContent) {
  EXPECT_FALSE(ReadPrivateFile(file_)->has_value());
  testing::WriteFile(file_, "");
  EXPECT_FALSE(ReadPrivateFile(file_)->has_value());
}

}  // namespace
}  // namespace webhooks::server

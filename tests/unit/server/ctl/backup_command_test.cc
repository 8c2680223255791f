#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/ctl/command.h"
#include "storage/open.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"

namespace webhooks::ctl {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::MatchesRegex;

class BackupCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.server = "127.0.0.1:1";
    options_.database = absl::StrCat("sqlite:", folder_.Path("webhooks.db"));
    ASSERT_THAT(OpenStore(options_.database, testing::Always()), IsOk());
  }

  // Runs the command and sets `output_` to its output.
  absl::Status Run() {
    std::vector<std::string> arguments;
    const auto command = FindCommand({"backup", copy_}, arguments);
    if (!command.ok()) return command.status();
    Client client(options_);
    Session session{options_, client, arguments};
    ::testing::internal::CaptureStdout();
    absl::Status status = (*command)->run(session);
    output_ = ::testing::internal::GetCapturedStdout();
    return status;
  }

  const testing::TempFolder folder_;
  const std::string copy_ = folder_.Path("copy.db");
  Options options_;
  std::string output_;
};

TEST_F(BackupCommand, PrintsItsResultOnOneLine) {
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_, MatchesRegex("copied sqlite:.*webhooks.db to .*copy.db: "
                                    "[0-9]+ bytes in [0-9a-z.]+\n"));
  EXPECT_TRUE(std::filesystem::exists(copy_));
}

TEST_F(BackupCommand, PrintsItsResultAsJson) {
  options_.json = true;
  ASSERT_THAT(Run(), IsOk());
  EXPECT_THAT(output_, HasSubstr(absl::StrCat("\"file\":\"", copy_, "\"")));
  EXPECT_THAT(output_,
              HasSubstr(absl::StrCat("\"bytes\":\"",
                                     std::filesystem::file_size(copy_), "\"")));
}

TEST_F(BackupCommand, FailsWithAnExitCodeThatNoServerErrorHas) {
  ASSERT_THAT(Run(), IsOk());
  const absl::Status again = Run();
  EXPECT_EQ(ExitCode(again), 1);
  EXPECT_THAT(std::string(again.message()), HasSubstr("copy.db"));
  EXPECT_EQ(output_, "");
  options_.database = "sqlite:" + folder_.Path("none.db");
  EXPECT_EQ(ExitCode(Run()), 1);
}

}  // namespace
}  // namespace webhooks::ctl

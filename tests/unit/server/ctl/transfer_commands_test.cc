#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/ctl/command.h"
#include "server/ctl/projects.h"
#include "storage/open.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::ctl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::MatchesRegex;
using ::testing::Not;

class TransferCommands : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.server = "127.0.0.1:1";
    options_.database = absl::StrCat("sqlite:", folder_.Path("webhooks.db"));
    const auto store = OpenStore(options_.database, testing::Always());
    ASSERT_THAT(store, IsOk());
    const testing::ProjectAndKey made = testing::MakeProject();
    ASSERT_THAT(
        testing::CreateProject(**store, made.project, made.key, made.hash),
        IsOk());
    testing::WriteFile(folder_.Path("secret-key"),
                       FormatSecretKey(testing::TestKey()));
  }

  // Runs the command and sets `said_` to its standard error.
  absl::Status Run(const std::string& words) {
    std::vector<std::string> arguments;
    const auto command = FindCommand({words}, arguments);
    if (!command.ok()) return command.status();
    Client client(options_);
    Session session{options_, client, arguments};
    absl::Status status = ResolveProjects(**command, session);
    if (!status.ok()) return status;
    ::testing::internal::CaptureStderr();
    status = (*command)->run(session);
    said_ = ::testing::internal::GetCapturedStderr();
    return status;
  }

  absl::Status Export() {
    options_.output = file_;
    return Run("export");
  }

  // Imports the file into another database.
  absl::Status Import() {
    options_.input = file_;
    options_.database = absl::StrCat("sqlite:", folder_.Path("new/other.db"));
    if (!options_.secret_key_file) {
      options_.secret_key_file = folder_.Path("secret-key");
    }
    return Run("import");
  }

  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& file :
         std::filesystem::directory_iterator(folder_.Path(""))) {
      names.insert(file.path().filename().string());
    }
    return names;
  }

  const testing::TempFolder folder_;
  const std::string file_ = folder_.Path("stream");
  Options options_;
  std::string said_;
};

TEST_F(TransferCommands, PrintTheNumberOfRecordsToStandardError) {
  ASSERT_THAT(Export(), IsOk());
  EXPECT_THAT(said_, MatchesRegex("exported sqlite:.*webhooks.db: [0-9]+ bytes "
                                  "in [0-9a-z.]+\n"
                                  "  projects: 1\n  api_keys: 1\n"));
  ASSERT_THAT(Import(), IsOk());
  EXPECT_THAT(said_,
              MatchesRegex("imported into sqlite:.*other.db: [0-9]+ bytes in "
                           "[0-9a-z.]+\n  projects: 1\n  api_keys: 1\n"));
}

TEST_F(TransferCommands, PrintTheNumberOfRecordsAsJson) {
  options_.json = true;
  ASSERT_THAT(Export(), IsOk());
  EXPECT_THAT(said_, HasSubstr("\"project\":null"));
  EXPECT_THAT(said_, HasSubstr("\"records\":{\"projects\":\"1\","));
  EXPECT_THAT(said_,
              HasSubstr(absl::StrCat("\"bytes\":\"",
                                     std::filesystem::file_size(file_), "\"")));
}

TEST_F(TransferCommands, FindAProjectByItsNameWithoutAServer) {
  options_.project = "acme";
  EXPECT_THAT(Export(), IsOk());
  options_.output = folder_.Path("another");
  options_.project = "nobody";
  EXPECT_EQ(ExitCode(Run("export")), 1);
  EXPECT_THAT(Files(), Not(Contains("another")));
}

TEST_F(TransferCommands, DoNotReplaceAFile) {
  testing::WriteFile(file_, "precious");
  EXPECT_EQ(ExitCode(Export()), 1);
  EXPECT_EQ(testing::ReadFile(file_), "precious");
}

TEST_F(TransferCommands, LeaveNoFileAfterAnError) {
  const std::set<std::string> before = Files();
  options_.database = absl::StrCat("sqlite:", folder_.Path("none.db"));
  EXPECT_EQ(ExitCode(Export()), 1);
  EXPECT_EQ(Files(), before);
}

TEST_F(TransferCommands, TakeTheSecretKeyBesideTheDatabase) {
  ASSERT_THAT(Export(), IsOk());
  options_.secret_key_file = folder_.Path("none");
  const absl::Status without = Import();
  EXPECT_EQ(ExitCode(without), 1);
  EXPECT_THAT(std::string(without.message()), HasSubstr("--secret_key_file"));
  options_.secret_key_file.reset();
  options_.database = absl::StrCat("sqlite:", folder_.Path("other.db"));
  EXPECT_THAT(Run("import"), IsOk());
}

TEST_F(TransferCommands, ImportNoOtherProjectThanThatOfTheStream) {
  ASSERT_THAT(Export(), IsOk());
  options_.project = "acme";
  EXPECT_THAT(Import(), testing::StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace webhooks::ctl

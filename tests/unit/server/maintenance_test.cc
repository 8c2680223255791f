#include "server/maintenance.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "tests/support/records.h"
#include "tests/support/secret_keys.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_folder.h"
#include "tests/support/wait.h"

namespace webhooks::server {
namespace {

using testing::IsOk;

TEST(Maintenance, DoesAtOnceAllThatIsLeftToDo) {
  const testing::TempFolder folder;
  const auto store =
      OpenStore(absl::StrCat("sqlite:", folder.Path("webhooks.db")),
                testing::Always(), [](absl::string_view, absl::string_view) {});
  ASSERT_THAT(store, IsOk());
  const testing::ProjectAndKey made = testing::MakeProject();
  ASSERT_THAT(
      testing::CreateProject(**store, made.project, made.key, made.hash),
      IsOk());
  ASSERT_THAT(testing::Await<v1::Project>([&](auto done) {
                (*store)->DeleteProject(made.project.id_project(), absl::Now(),
                                        {}, done);
              }),
              IsOk());
  const Maintenance maintenance(**store, &absl::Now, absl::Hours(1),
                                absl::Hours(24));
  // The ids are free once everything is gone.
  absl::Status status = absl::UnknownError("");
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!status.ok() && absl::Now() < end) {
    status = testing::CreateProject(**store, made.project, made.key, made.hash);
  }
  EXPECT_THAT(status, IsOk());
}

TEST(Maintenance, EndsWithoutAnOpenStep) {
  const testing::TempFolder folder;
  const auto store =
      OpenStore(absl::StrCat("sqlite:", folder.Path("webhooks.db")),
                testing::Always(), [](absl::string_view, absl::string_view) {});
  ASSERT_THAT(store, IsOk());
  for (int i = 0; i < 20; ++i) {
    const Maintenance maintenance(**store, &absl::Now, absl::Hours(1),
                                  absl::Hours(24));
  }
}

}  // namespace
}  // namespace webhooks::server

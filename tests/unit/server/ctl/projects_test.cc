#include "server/ctl/projects.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::ctl {
namespace {

using ::testing::HasSubstr;
using testing::StatusIs;

std::vector<v1::Project> Projects() {
  std::vector<v1::Project> projects(3);
  const char* names[] = {"one", "twice", "twice"};
  const char* ids[] = {"id-1", "id-2", "id-3"};
  for (int i = 0; i < 3; ++i) {
    projects[i].set_name(names[i]);
    projects[i].set_id_project(ids[i]);
  }
  return projects;
}

TEST(IdOfName, FindsTheOnlyProjectWithTheName) {
  EXPECT_EQ(*IdOfName(Projects(), "one"), "id-1");
}

TEST(IdOfName, RefusesAnUnknownName) {
  EXPECT_THAT(IdOfName(Projects(), "two"),
              StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND"));
}

TEST(IdOfName, ListsTheProjectsOfAnAmbiguousName) {
  const auto id = IdOfName(Projects(), "twice");
  EXPECT_THAT(id, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(id.status().message(), HasSubstr("id-2, id-3"));
}

}  // namespace
}  // namespace webhooks::ctl

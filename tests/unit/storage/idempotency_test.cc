#include "storage/idempotency.h"

#include <map>

#include "gtest/gtest.h"
#include "storage/errors.h"
#include "tests/support/status_matchers.h"
#include "webhooks/v1/admin.pb.h"

namespace webhooks {
namespace {

using testing::IsOk;
using testing::StatusIs;

class AnswersInMemory final : public KeptAnswers {
 public:
  absl::StatusOr<std::optional<std::string>> Find(
      const Idempotency& idempotency) override {
    const auto found = answers_.find(idempotency.key);
    if (found == answers_.end()) return std::nullopt;
    return found->second;
  }
  absl::Status Keep(const Idempotency& idempotency,
                    const std::string& answer) override {
    answers_[idempotency.key] = answer;
    return absl::OkStatus();
  }
  absl::Status Damaged() override { return StorageFailure(); }

 private:
  std::map<Digest, std::string> answers_;
};

class PerformOnceTest : public ::testing::Test {
 protected:
  absl::StatusOr<Created<v1::Project>> Perform(
      const std::optional<Idempotency>& idempotency,
      absl::StatusOr<v1::Project> result = v1::Project()) {
    return PerformOnce<v1::Project>(answers_, idempotency, [&] {
      ++performed_;
      return result;
    });
  }

  AnswersInMemory answers_;
  int performed_ = 0;
};

TEST_F(PerformOnceTest, AnswersARepeatWithoutPerformingIt) {
  v1::Project project;
  project.set_name("first");
  EXPECT_FALSE(Perform(Idempotency(), project)->replayed);
  const auto repeat = Perform(Idempotency());
  ASSERT_THAT(repeat, IsOk());
  EXPECT_TRUE(repeat->replayed);
  EXPECT_EQ(repeat->answer.name(), "first");
  EXPECT_EQ(performed_, 1);
}

TEST_F(PerformOnceTest, PerformsEveryCallWithoutAKey) {
  EXPECT_THAT(Perform(std::nullopt), IsOk());
  EXPECT_FALSE(Perform(std::nullopt)->replayed);
  EXPECT_EQ(performed_, 2);
}

TEST_F(PerformOnceTest, KeepsNoErrors) {
  EXPECT_FALSE(Perform(Idempotency(), StorageBusy()).ok());
  EXPECT_FALSE(Perform(Idempotency())->replayed);
  EXPECT_EQ(performed_, 2);
}

TEST_F(PerformOnceTest, RefusesACallThatIsValidAsARepeatOnly) {
  Idempotency idempotency{};
  idempotency.status_if_new = TooManySecrets();
  EXPECT_THAT(
      Perform(idempotency),
      StatusIs(absl::StatusCode::kFailedPrecondition, "TOO_MANY_SECRETS"));
  EXPECT_EQ(performed_, 0);
  ASSERT_THAT(Perform(Idempotency()), IsOk());
  EXPECT_TRUE(Perform(idempotency)->replayed);
}

TEST_F(PerformOnceTest, FailsIfTheAnswerCannotBeParsed) {
  ASSERT_THAT(answers_.Keep(Idempotency(), "\xff"), IsOk());
  EXPECT_THAT(Perform(Idempotency()),
              StatusIs(absl::StatusCode::kInternal, "STORAGE_FAILURE"));
}

}  // namespace
}  // namespace webhooks

#include "server/call/authenticator.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/call/api_key.h"
#include "tests/support/fake_store.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::server {
namespace {

using testing::IsOk;
using testing::StatusIs;

class AuthenticatorTest : public ::testing::Test {
 protected:
  AuthenticatorTest() : authenticator_(store_, [this] { return now_; }) {}

  // A key of a new project in the store.
  std::string NewKey() {
    std::string api_key = MakeApiKey(entropy_);
    testing::ProjectAndKey made = testing::MakeProject();
    EXPECT_THAT(testing::CreateProject(store_, made.project, made.key,
                                       HashApiKey(api_key)),
                IsOk());
    project_ = made.project.id_project();
    return api_key;
  }

  absl::StatusOr<std::string> Authenticate(const std::string& key) {
    testing::Pending<absl::StatusOr<std::string>> pending;
    authenticator_.Authenticate(key, {}, pending.Completion());
    return pending.Get();
  }

  absl::Time now_ = absl::FromUnixSeconds(1727784000);
  SystemEntropy entropy_;
  testing::FakeStore store_;
  Authenticator authenticator_;
  std::string project_;
};

TEST_F(AuthenticatorTest, TellsTheProjectOfAKey) {
  const auto project = Authenticate(NewKey());
  ASSERT_THAT(project, IsOk());
  EXPECT_EQ(*project, project_);
}

TEST_F(AuthenticatorTest, AsksTheStoreOnceForAKeyInUse) {
  const std::string key = NewKey();
  for (int i = 0; i < 10; ++i) EXPECT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 1);
}

TEST_F(AuthenticatorTest, AsksAgainOnceItsTrustHasEnded) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  now_ += Authenticator::kTrust;
  ASSERT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 2);
}

TEST_F(AuthenticatorTest, RefusesAKeyThatTheStoreDoesNotKnow) {
  NewKey();
  EXPECT_THAT(Authenticate(MakeApiKey(entropy_)),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AuthenticatorTest, RefusesWhatIsNotAKeyWithoutAsking) {
  EXPECT_THAT(Authenticate("whk_mistyped"),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
  EXPECT_EQ(store_.key_lookups(), 0);
}

TEST_F(AuthenticatorTest, PassesOnWhatAilsTheStoreAndDoesNotRememberIt) {
  const std::string key = NewKey();
  store_.FailWith(StorageUnavailable());
  EXPECT_THAT(Authenticate(key), StatusIs(absl::StatusCode::kUnavailable));
  store_.FailWith(absl::OkStatus());
  EXPECT_THAT(Authenticate(key), IsOk());
}

TEST_F(AuthenticatorTest, StillWorksWithMoreKeysThanItRemembers) {
  std::string last;
  for (int i = 0; i < 10'050; ++i) {
    last = NewKey();
    ASSERT_THAT(Authenticate(last), IsOk());
  }
  EXPECT_THAT(Authenticate(last), IsOk());
  EXPECT_EQ(store_.key_lookups(), 10'050);
}

}  // namespace
}  // namespace webhooks::server

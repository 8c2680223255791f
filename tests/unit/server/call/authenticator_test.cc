#include "server/call/authenticator.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "server/call/api_key.h"
#include "storage/errors.h"
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
  AuthenticatorTest()
      : failed_([this] { return now_; }),
        authenticator_(store_, failed_, [this] { return now_; }) {}

  // Returns a key of a new project in the store.
  std::string NewKey() {
    std::string api_key = MakeApiKey(entropy_);
    testing::ProjectAndKey made = testing::MakeProject();
    if (limit_) made.project.set_max_requests_per_second(*limit_);
    if (end_ != absl::InfiniteFuture()) {
      *made.key.mutable_expires_at() = ToTimestamp(end_);
    }
    EXPECT_THAT(testing::CreateProject(store_, made.project, made.key,
                                       HashApiKey(api_key)),
                IsOk());
    project_ = made.project.id_project();
    key_id_ = made.key.id_api_key();
    return api_key;
  }

  absl::StatusOr<Access> Authenticate(const std::string& key) {
    return Await<Access>([&](auto done) {
      authenticator_.Authenticate(key, "192.0.2.1", {}, done);
    });
  }

  // Binds a certificate to the project of the last key.
  void Bind(const std::string& name) {
    v1::CertificateBinding binding;
    binding.set_name(name);
    binding.set_id_project(project_);
    ASSERT_THAT(Await<v1::CertificateBinding>([&](auto done) {
                  store_.BindCertificate(binding, {}, done);
                }),
                IsOk());
  }

  void Unbind(const std::string& name) {
    ASSERT_THAT(Await<v1::CertificateBinding>([&](auto done) {
                  store_.UnbindCertificate(name, {}, done);
                }),
                IsOk());
  }

  absl::StatusOr<Access> AuthenticateCertificate(const std::string& name) {
    return Await<Access>([&](auto done) {
      authenticator_.AuthenticateCertificate(name, "192.0.2.1", {}, done);
    });
  }

  void Revoke(const std::string& id) {
    ASSERT_THAT(Await<v1::ApiKey>([&](auto done) {
                  store_.RevokeApiKey(id, now_, {}, done);
                }),
                IsOk());
  }

  absl::Time now_ = absl::FromUnixSeconds(1727784000);
  SystemEntropy entropy_;
  testing::FakeStore store_;
  FailedKeys failed_;
  Authenticator authenticator_;
  std::string project_;
  std::string key_id_;
  std::optional<int> limit_;
  absl::Time end_ = absl::InfiniteFuture();
};

TEST_F(AuthenticatorTest, FindsTheProjectOfAKey) {
  const auto access = Authenticate(NewKey());
  ASSERT_THAT(access, IsOk());
  EXPECT_EQ(access->project, project_);
  EXPECT_EQ(access->max_requests_per_second, std::nullopt);
}

TEST_F(AuthenticatorTest, ReturnsTheProjectsRateLimit) {
  limit_ = 7;
  const std::string key = NewKey();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Authenticate(key)->max_requests_per_second, 7);
  }
}

TEST_F(AuthenticatorTest, RefusesACachedKeyOnceItExpires) {
  end_ = now_ + absl::Seconds(3);
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  now_ = end_ - absl::Milliseconds(1);
  EXPECT_THAT(Authenticate(key), IsOk());
  now_ = end_;
  EXPECT_THAT(Authenticate(key),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AuthenticatorTest, RefusesAKeyRevokedElsewhereAfterTheCacheTime) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  Revoke(key_id_);
  now_ += Authenticator::kCacheTime;
  EXPECT_THAT(Authenticate(key),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AuthenticatorTest, RefusesAForgottenKeyAtOnce) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  Revoke(key_id_);
  authenticator_.ForgetKey(key_id_);
  EXPECT_THAT(Authenticate(key),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AuthenticatorTest, DoesNotCacheALookUpThatStartedBeforeAForget) {
  const std::string key = NewKey();
  Pending<absl::StatusOr<Access>> early;
  store_.HoldLookUps();
  authenticator_.Authenticate(key, "192.0.2.1", {}, early.Completion());
  Revoke(key_id_);
  authenticator_.ForgetKey(key_id_);
  store_.CompleteLookUps();
  EXPECT_THAT(early.Get(), IsOk());
  EXPECT_THAT(Authenticate(key),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AuthenticatorTest, LooksUpTheKeysOfAForgottenProjectAgain) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  authenticator_.ForgetProject(project_);
  ASSERT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 2);
}

TEST_F(AuthenticatorTest, RecordsTheUseOfAKey) {
  ASSERT_THAT(Authenticate(NewKey()), IsOk());
  EXPECT_THAT(store_.noted_uses(), ::testing::ElementsAre(key_id_));
}

TEST_F(AuthenticatorTest, CachesAKeyInUse) {
  const std::string key = NewKey();
  for (int i = 0; i < 10; ++i) EXPECT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 1);
}

TEST_F(AuthenticatorTest, LooksUpAKeyAgainAfterTheCacheTime) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  now_ += Authenticator::kCacheTime;
  ASSERT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 2);
}

TEST_F(AuthenticatorTest, CachesFromTheStartOfALookUp) {
  const std::string key = NewKey();
  Pending<absl::StatusOr<Access>> slow;
  store_.HoldLookUps();
  authenticator_.Authenticate(key, "192.0.2.1", {}, slow.Completion());
  now_ += Authenticator::kCacheTime - absl::Seconds(1);
  store_.CompleteLookUps();
  ASSERT_THAT(slow.Get(), IsOk());
  ASSERT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 1);
  now_ += absl::Seconds(1);
  ASSERT_THAT(Authenticate(key), IsOk());
  EXPECT_EQ(store_.key_lookups(), 2);
}

TEST_F(AuthenticatorTest, RefusesAKeyThatTheStoreDoesNotKnow) {
  NewKey();
  EXPECT_THAT(Authenticate(MakeApiKey(entropy_)),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
}

TEST_F(AuthenticatorTest, RefusesAMalformedKeyWithoutALookUp) {
  EXPECT_THAT(Authenticate("whk_mistyped"),
              StatusIs(absl::StatusCode::kUnauthenticated, "API_KEY_INVALID"));
  EXPECT_EQ(store_.key_lookups(), 0);
}

TEST_F(AuthenticatorTest, FindsAndCachesTheProjectOfACertificate) {
  limit_ = 7;
  NewKey();
  Bind("client.example");
  for (int i = 0; i < 2; ++i) {
    const auto access = AuthenticateCertificate("client.example");
    ASSERT_THAT(access, IsOk());
    EXPECT_EQ(access->project, project_);
    EXPECT_EQ(access->max_requests_per_second, 7);
  }
  EXPECT_EQ(store_.key_lookups(), 1);
}

TEST_F(AuthenticatorTest, ForgetsACertificateAtOnceOrAfterTheCacheTime) {
  const auto not_bound =
      StatusIs(absl::StatusCode::kUnauthenticated, "CERTIFICATE_NOT_BOUND");
  NewKey();
  Bind("client.example");
  ASSERT_THAT(AuthenticateCertificate("client.example"), IsOk());
  Unbind("client.example");
  EXPECT_THAT(AuthenticateCertificate("client.example"), IsOk());
  now_ += Authenticator::kCacheTime;
  EXPECT_THAT(AuthenticateCertificate("client.example"), not_bound);
  Bind("client.example");
  ASSERT_THAT(AuthenticateCertificate("client.example"), IsOk());
  Unbind("client.example");
  authenticator_.ForgetCertificate("client.example");
  EXPECT_THAT(AuthenticateCertificate("client.example"), not_bound);
}

TEST_F(AuthenticatorTest, DoesNotAcceptACertificatesNameAsAKey) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  EXPECT_THAT(
      AuthenticateCertificate(key),
      StatusIs(absl::StatusCode::kUnauthenticated, "CERTIFICATE_NOT_BOUND"));
}

TEST_F(AuthenticatorTest, ReturnsErrorsOfTheStoreAndDoesNotCacheThem) {
  const std::string key = NewKey();
  store_.FailWith(StorageUnavailable());
  EXPECT_THAT(Authenticate(key), StatusIs(absl::StatusCode::kUnavailable));
  store_.FailWith(absl::OkStatus());
  EXPECT_THAT(Authenticate(key), IsOk());
}

TEST_F(AuthenticatorTest, WorksWithMoreKeysThanItCaches) {
  std::string last;
  for (int i = 0; i < 10'050; ++i) {
    last = NewKey();
    ASSERT_THAT(Authenticate(last), IsOk());
  }
  EXPECT_THAT(Authenticate(last), IsOk());
  EXPECT_EQ(store_.key_lookups(), 10'050);
}

TEST_F(AuthenticatorTest, DoesNoLookUpForAnAddressThatGuessesKeys) {
  const std::string known = NewKey();
  const std::string other = NewKey();
  ASSERT_THAT(Authenticate(known), IsOk());
  for (int i = 0; i < FailedKeys::kBurst; ++i) {
    EXPECT_FALSE(Authenticate(MakeApiKey(entropy_)).ok());
  }
  const int lookups = store_.key_lookups();
  EXPECT_THAT(
      Authenticate(other),
      StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_FAILED_KEYS"));
  EXPECT_THAT(
      AuthenticateCertificate("stranger"),
      StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_FAILED_KEYS"));
  EXPECT_THAT(Authenticate(known), IsOk());
  EXPECT_EQ(store_.key_lookups(), lookups);
  EXPECT_THAT(Await<Access>([&](auto done) {
                authenticator_.Authenticate(other, "192.0.2.2", {}, done);
              }),
              IsOk());
  now_ += absl::Seconds(1);
  EXPECT_THAT(Authenticate(other), IsOk());
}

TEST_F(AuthenticatorTest, CountsUnboundCertificatesAsFailedKeys) {
  for (int i = 0; i < FailedKeys::kBurst; ++i) {
    EXPECT_FALSE(AuthenticateCertificate(absl::StrCat("stranger", i)).ok());
  }
  EXPECT_THAT(
      Authenticate(NewKey()),
      StatusIs(absl::StatusCode::kResourceExhausted, "TOO_MANY_FAILED_KEYS"));
}

TEST_F(AuthenticatorTest, LooksUpARecentlyValidKeyForAnAddressThatGuessesKeys) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  const auto try_keys = [&] {
    for (int i = 0; i < 2 * FailedKeys::kBurst; ++i) {
      EXPECT_FALSE(Authenticate(MakeApiKey(entropy_)).ok());
    }
  };
  now_ += Authenticator::kCacheTime + Authenticator::kKnownKeyTime -
          absl::Seconds(1);
  try_keys();
  EXPECT_THAT(Authenticate(key), IsOk());
  now_ += Authenticator::kCacheTime + Authenticator::kKnownKeyTime;
  try_keys();
  EXPECT_THAT(Authenticate(key), StatusIs(absl::StatusCode::kResourceExhausted,
                                          "TOO_MANY_FAILED_KEYS"));
}

TEST_F(AuthenticatorTest, CountsARevokedKeyAsAFailedKey) {
  const std::string key = NewKey();
  ASSERT_THAT(Authenticate(key), IsOk());
  Revoke(key_id_);
  now_ += Authenticator::kCacheTime;
  for (int i = 0; i < FailedKeys::kBurst; ++i) {
    EXPECT_THAT(Authenticate(key), StatusIs(absl::StatusCode::kUnauthenticated,
                                            "API_KEY_INVALID"));
  }
  EXPECT_THAT(Authenticate(key), StatusIs(absl::StatusCode::kResourceExhausted,
                                          "TOO_MANY_FAILED_KEYS"));
}

TEST_F(AuthenticatorTest, DistinguishesKeysFromCertificates) {
  const std::string key = NewKey();
  EXPECT_EQ(Authenticate(key)->key, key_id_);
  Bind("client.example");
  EXPECT_EQ(AuthenticateCertificate("client.example")->key,
            "certificate client.example");
}

}  // namespace
}  // namespace webhooks::server

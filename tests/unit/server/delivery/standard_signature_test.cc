#include "server/delivery/standard_signature.h"

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

// vectors of https://www.standardwebhooks.com.
constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kBody[] = R"({"test": 2432232314})";

TEST(StandardSignature, IsThatOfTheSpecificationsVector) {
  const std::string content = SignedContent(
      "msg_p5jXN8AQM9LWM0D4loKWxJek", absl::FromUnixSeconds(1614265330), kBody);
  EXPECT_EQ(StandardSignature(content, kSecret),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(StandardSignature, SignsWholeSeconds) {
  EXPECT_EQ(SignedContent("id", absl::FromUnixMillis(1999), "{}"), "id.1.{}");
}

TEST(StandardSignature, NeedsASecretOfItsForm) {
  EXPECT_EQ(StandardSignature("content", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            "");
  EXPECT_EQ(StandardSignature("content", "whsec_!"), "");
}

}  // namespace
}  // namespace webhooks::server

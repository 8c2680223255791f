#include "server/signing/standard_signature.h"

#include <string>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

constexpr char kVectorSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::string Content() {
  return SignedContent("msg_p5jXN8AQM9LWM0D4loKWxJek",
                       absl::FromUnixSeconds(1614265330),
                       R"({"test": 2432232314})");
}

TEST(StandardSignature, SignsIdSecondsAndBody) {
  EXPECT_EQ(Content(),
            R"(msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314})");
}

TEST(StandardSignature, CutsTheTimeToSeconds) {
  EXPECT_EQ(SignedContent("i", absl::FromUnixMillis(1999), "b"), "i.1.b");
}

// The golden vector of Standard Webhooks.
TEST(StandardSignature, MatchesTheSpecification) {
  EXPECT_EQ(StandardSignature(Content(), kVectorSecret),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(StandardSignature, ChangesWithTheContent) {
  EXPECT_NE(StandardSignature(Content() + " ", kVectorSecret),
            StandardSignature(Content(), kVectorSecret));
}

TEST(StandardSignature, IsEmptyWithoutAValidSecret) {
  for (const char* secret :
       {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "WHSEC_MfKQ", "whsec_*"}) {
    EXPECT_EQ(StandardSignature(Content(), secret), "") << secret;
  }
}

}  // namespace
}  // namespace webhooks::server

#include "server/signing/standard_signature.h"

#include <optional>
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

// The golden vector, as a receiver got it.
class ReceivedSignature : public ::testing::Test {
 protected:
  // Returns the header that has a problem; nullopt if there is none.
  std::optional<HeaderProblem::Header> Problem() const {
    const auto problem =
        FindSignatureProblem(headers_, body_, kVectorSecret, now_);
    if (!problem) return std::nullopt;
    return problem->header;
  }

  StandardHeaders headers_{
      "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
      "v1,AAAA v1a,x v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="};
  std::string body_ = R"({"test": 2432232314})";
  absl::Time now_ = absl::FromUnixSeconds(1614265330) + absl::Minutes(5);
};

TEST_F(ReceivedSignature, IsRightIfOneOfThemIs) {
  EXPECT_EQ(Problem(), std::nullopt);
}

TEST_F(ReceivedSignature, IsWrongIfAnythingSignedDiffers) {
  body_ += " ";
  EXPECT_EQ(Problem(), HeaderProblem::Header::kSignatures);
  body_.pop_back();
  headers_.id = "other";
  EXPECT_EQ(Problem(), HeaderProblem::Header::kSignatures);
}

TEST_F(ReceivedSignature, IsWrongIfItsTimeIsFarFromNow) {
  now_ += absl::Seconds(1);
  EXPECT_EQ(Problem(), HeaderProblem::Header::kTimestamp);
  now_ -= absl::Minutes(10) + absl::Seconds(2);
  EXPECT_EQ(Problem(), HeaderProblem::Header::kTimestamp);
}

TEST_F(ReceivedSignature, NeedsATimeInSeconds) {
  headers_.timestamp = "2021-02-25T15:02:10Z";
  EXPECT_EQ(Problem(), HeaderProblem::Header::kTimestamp);
}

}  // namespace
}  // namespace webhooks::server

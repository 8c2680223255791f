#include "server/services/event_verification.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/signing/panora_signature.h"
#include "server/signing/standard_signature.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::StatusIs;

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kBody[] = R"({"id_event":"1","data":{"a":1.0}})";

class EventVerification : public ::testing::Test {
 protected:
  EventVerification() {
    event_.set_body(kBody);
    event_.set_secret(kSecret);
    event_.set_webhook_id("1");
    event_.set_webhook_timestamp(absl::StrCat(absl::ToUnixSeconds(now_)));
    event_.set_webhook_signature(
        StandardSignature(SignedContent("1", now_, kBody), kSecret));
  }

  absl::Status Check() const { return CheckEventSignatures(event_, now_); }

  // Returns the field and the text of the first violation.
  std::string FirstViolation() const {
    const absl::Status status = Check();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                 "SIGNATURE_MISMATCH"));
    const google::rpc::BadRequest violations = ViolationsOf(status);
    if (violations.field_violations().empty()) return "";
    return absl::StrCat(violations.field_violations(0).field(), " ",
                        violations.field_violations(0).description());
  }

  std::vector<std::string> Fields() const {
    std::vector<std::string> fields;
    const google::rpc::BadRequest violations = ViolationsOf(Check());
    for (const auto& violation : violations.field_violations()) {
      fields.push_back(violation.field());
    }
    return fields;
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  v1::VerifyEventRequest event_;
};

TEST_F(EventVerification, AcceptsTheHeadersOfStandardWebhooks) {
  EXPECT_THAT(Check(), IsOk());
  EXPECT_EQ(PayloadOf(event_), kBody);
}

TEST_F(EventVerification, AcceptsAPayloadWithWhiteSpaceAround) {
  event_.clear_body();
  event_.set_payload(R"( {"id_event": "1", "data": {"a": 1.0}} )");
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(EventVerification, AsksForTheBodyIfAPayloadHasOtherBytes) {
  event_.clear_body();
  event_.set_payload(R"({"id_event":"1","data":{"a":1}})");
  EXPECT_THAT(FirstViolation(), HasSubstr("send these as body"));
  event_.set_body(event_.payload());
  EXPECT_THAT(FirstViolation(), Not(HasSubstr("send these as body")));
}

TEST_F(EventVerification, TakesTheBytesOfABodyAsTheyAre) {
  event_.set_body(absl::StrCat(kBody, " "));
  EXPECT_THAT(FirstViolation(), HasSubstr("webhook_signature has no"));
}

TEST_F(EventVerification, ChecksEverySignatureThatIsGiven) {
  event_.set_signature(*PanoraSignature(kBody, kSecret));
  EXPECT_THAT(Check(), IsOk());
  event_.set_signature(std::string(64, '0'));
  EXPECT_THAT(FirstViolation(), HasSubstr("signature must be"));
}

TEST_F(EventVerification, ListsAllThatIsWrong) {
  event_.set_signature(std::string(64, '0'));
  event_.set_webhook_signature("v1,AAAA");
  EXPECT_THAT(Fields(), ElementsAre("signature", "webhook_signature"));
}

TEST_F(EventVerification, ListsMissingHeadersBesideAllElse) {
  event_.clear_webhook_id();
  event_.clear_webhook_signature();
  event_.set_signature(std::string(64, '0'));
  EXPECT_THAT(Fields(),
              ElementsAre("signature", "webhook_id", "webhook_signature"));
  event_.clear_secret();
  event_.clear_body();
  EXPECT_THAT(Fields(), ElementsAre("secret", "payload", "webhook_id",
                                    "webhook_signature"));
}

TEST_F(EventVerification, NamesAHeaderThatIsMissing) {
  event_.clear_webhook_id();
  EXPECT_THAT(FirstViolation(), HasSubstr("webhook_id must be the header"));
}

TEST_F(EventVerification, NeedsASignature) {
  event_.clear_webhook_id();
  event_.clear_webhook_timestamp();
  event_.clear_webhook_signature();
  EXPECT_THAT(FirstViolation(), HasSubstr("signature must be the header"));
}

TEST_F(EventVerification, TellsAStandardSignatureInThePlaceOfTheOther) {
  event_.set_signature(event_.webhook_signature());
  event_.clear_webhook_signature();
  EXPECT_THAT(FirstViolation(),
              HasSubstr("is a value of the header webhook-signature"));
}

TEST_F(EventVerification, RefusesAnOldTimestamp) {
  const absl::Time before = now_ - absl::Minutes(6);
  event_.set_webhook_timestamp(absl::StrCat(absl::ToUnixSeconds(before)));
  event_.set_webhook_signature(
      StandardSignature(SignedContent("1", before, kBody), kSecret));
  EXPECT_THAT(FirstViolation(), HasSubstr("more than five minutes"));
}

TEST_F(EventVerification, NeedsASecretThatDecodes) {
  event_.set_secret("secret");
  EXPECT_THAT(FirstViolation(), HasSubstr("secret must be whsec_"));
}

TEST_F(EventVerification, RefusesABodyThatIsNotJson) {
  event_.set_body("{]");
  event_.set_webhook_signature(
      StandardSignature(SignedContent("1", now_, "{]"), kSecret));
  EXPECT_THAT(FirstViolation(), HasSubstr("body must be the JSON"));
}

TEST_F(EventVerification, RefusesABodyBesidesAPayload) {
  event_.set_payload(kBody);
  EXPECT_THAT(FirstViolation(), HasSubstr("body must not be given"));
}

}  // namespace
}  // namespace webhooks::server

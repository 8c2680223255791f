#include "server/delivery/delivery_request.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "server/signing/panora_signature.h"
#include "server/signing/standard_signature.h"

namespace webhooks::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kEventId[] = "01920000-0000-7000-8000-000000000001";
constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kOlderSecret[] = "whsec_AAECAwQFBgcICQoLDA0ODw==";
const absl::Time kNow = absl::FromUnixMillis(1727784060'500);

v1::Event SomeEvent() {
  v1::Event event;
  event.set_id_event(kEventId);
  event.set_type("connection.created");
  event.set_data(R"({"b":1.0,"a":"\u00e9"})");
  *event.mutable_created_at() = ToTimestamp(absl::FromUnixSeconds(1727784000));
  return event;
}

class DeliveryRequestTest : public ::testing::Test {
 protected:
  DeliveryRequestTest() {
    webhook_.set_url("https://acme.com/hook");
    webhook_.set_secret(kSecret);
    secrets_.add_secrets()->set_secret(kSecret);
  }

  HttpRequest Make() const {
    return MakeDeliveryRequest(webhook_, secrets_, event_, kNow,
                               absl::Seconds(15));
  }

  // Returns the values of the request's headers with that name.
  std::vector<std::string> Header(absl::string_view name) const {
    std::vector<std::string> values;
    for (const std::string& header : Make().headers) {
      absl::string_view text = header;
      if (absl::ConsumePrefix(&text, absl::StrCat(name, ": "))) {
        values.emplace_back(text);
      }
    }
    return values;
  }

  v1::Webhook webhook_;
  v1::WebhookSecrets secrets_;
  v1::Event event_ = SomeEvent();
};

TEST_F(DeliveryRequestTest, GoesToTheUrlOfTheWebhook) {
  EXPECT_EQ(Make().url, "https://acme.com/hook");
}

TEST_F(DeliveryRequestTest, HasTheContractsBody) {
  EXPECT_EQ(Make().body, R"({"id_event":"01920000-0000-7000-8000-000000000001")"
                         R"(,"type":"connection.created")"
                         R"(,"timestamp":"2024-10-01T12:00:00Z")"
                         R"(,"data":{"b":1.0,"a":"\u00e9"}})");
}

TEST_F(DeliveryRequestTest, WritesMillisecondsIfTheyAreNotZero) {
  *event_.mutable_created_at() =
      ToTimestamp(absl::FromUnixMillis(1727784000'120));
  EXPECT_TRUE(absl::StrContains(Make().body, R"("2024-10-01T12:00:00.120Z")"));
}

TEST_F(DeliveryRequestTest, WritesNullForAnEventWithoutData) {
  event_.clear_data();
  EXPECT_TRUE(absl::EndsWith(Make().body, R"(,"data":null})"));
}

TEST_F(DeliveryRequestTest, HasEachOfTheContractsHeadersOnce) {
  EXPECT_THAT(Header("content-type"), ElementsAre("application/json"));
  EXPECT_THAT(Header("webhook-id"), ElementsAre(kEventId));
  EXPECT_THAT(Header("webhook-timestamp"), ElementsAre("1727784060"));
  EXPECT_THAT(Header("webhook-signature"), SizeIs(1));
  EXPECT_THAT(Header("panora-signature"), SizeIs(1));
  EXPECT_THAT(Header("user-agent"), SizeIs(1));
}

TEST_F(DeliveryRequestTest, IsSignedOverItsIdTimeAndBody) {
  EXPECT_THAT(
      Header("webhook-signature"),
      ElementsAre(StandardSignature(
          absl::StrCat(kEventId, ".1727784060.", Make().body), kSecret)));
}

TEST_F(DeliveryRequestTest, IsSignedWithEverySecretInForce) {
  secrets_.add_secrets()->set_secret(kOlderSecret);
  const std::string content =
      absl::StrCat(kEventId, ".1727784060.", Make().body);
  EXPECT_THAT(
      Header("webhook-signature"),
      ElementsAre(absl::StrCat(StandardSignature(content, kSecret), " ",
                               StandardSignature(content, kOlderSecret))));
}

TEST_F(DeliveryRequestTest, HasAPanoraSignatureThatItsBodyVerifies) {
  ASSERT_THAT(Header("panora-signature"), SizeIs(1));
  EXPECT_TRUE(VerifyPanoraSignature(Make().body, kSecret,
                                    Header("panora-signature")[0]));
}

TEST_F(DeliveryRequestTest, HasThePanoraSignatureOfNullWithoutData) {
  event_.clear_data();
  EXPECT_TRUE(VerifyPanoraSignature(R"({"data":null})", kSecret,
                                    Header("panora-signature")[0]));
}

TEST_F(DeliveryRequestTest, HasAPanoraSignatureAtTheMaximumDepthOfData) {
  event_.set_data(std::string(63, '[') + std::string(63, ']'));
  EXPECT_TRUE(VerifyPanoraSignature(Make().body, kSecret,
                                    Header("panora-signature")[0]));
}

TEST_F(DeliveryRequestTest, CarriesTheWebhooksOwnHeaders) {
  auto& headers = *webhook_.mutable_delivery()->mutable_headers();
  headers["x-tenant"] = "a b";
  headers["Authorization"] = "Bearer t";
  EXPECT_THAT(Header("x-tenant"), ElementsAre("a b"));
  EXPECT_THAT(Header("Authorization"), ElementsAre("Bearer t"));
}

// libcurl would leave out "x-empty:".
TEST_F(DeliveryRequestTest, CarriesAHeaderWithoutValue) {
  (*webhook_.mutable_delivery()->mutable_headers())["x-empty"] = "";
  EXPECT_THAT(Make().headers, Contains("x-empty;"));
}

TEST_F(DeliveryRequestTest, UsesTheGivenTimeoutIfTheWebhookHasNone) {
  EXPECT_EQ(Make().timeout, absl::Seconds(15));
}

TEST_F(DeliveryRequestTest, UsesTheTimeoutOfTheWebhook) {
  auto& timeout = *webhook_.mutable_delivery()->mutable_timeout();
  timeout.set_seconds(2);
  timeout.set_nanos(500'000'000);
  EXPECT_EQ(Make().timeout, absl::Milliseconds(2500));
}

TEST_F(DeliveryRequestTest, ReservesEveryHeaderThatItSets) {
  for (const std::string& header : Make().headers) {
    EXPECT_TRUE(IsReservedHeader(header.substr(0, header.find(':')))) << header;
  }
}

TEST(ReservedHeaders, IncludeThoseOfTheConnectionInAnyCase) {
  for (const char* name :
       {"Host", "CONNECTION", "content-length", "Transfer-Encoding", "Upgrade",
        "TE", "Trailer", "Keep-Alive", "Expect", "Proxy-Authorization",
        "Webhook-Signature", "PANORA-SIGNATURE"}) {
    EXPECT_TRUE(IsReservedHeader(name)) << name;
  }
}

TEST(ReservedHeaders, DoNotIncludeOthers) {
  for (const char* name :
       {"", "authorization", "x-host", "hosts", "accept", "webhook-ids"}) {
    EXPECT_FALSE(IsReservedHeader(name)) << name;
  }
}

}  // namespace
}  // namespace webhooks::server

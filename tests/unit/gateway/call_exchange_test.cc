#include "gateway/call_exchange.h"

#include <deque>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/api_handler.h"
#include "gateway/services.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/fake_backend.h"
#include "tests/unit/gateway/handler_client.h"
#include "webhooks/v1/event_service.pb.h"

namespace webhooks::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kCheckKey[] = "/webhooks.v1.WebhookService/CheckKey";
constexpr char kCreate[] = "/webhooks.v1.WebhookService/Create";
constexpr char kBatch[] = "/webhooks.v1.EventService/PublishBatch";

std::string Batch(int events, absl::string_view event) {
  std::vector<absl::string_view> all(static_cast<std::size_t>(events), event);
  return absl::StrCat(R"({"events":[)", absl::StrJoin(all, ","), "]}");
}

std::string LongBatch() {
  return Batch(900, absl::StrCat(R"({"type":"a","data":")",
                                 std::string(200, 'x'), R"("})"));
}

class CallExchangeTest : public ::testing::Test {
 protected:
  CallExchangeTest()
      : router_(*Router::Make(AnnotatedServices())),
        backend_([this](Backend::Call& call) {
          Backend::Reply reply;
          reply.status = call.rpc_path == kCheckKey ? key_status_ : status_;
          if (!absl::IsUnauthenticated(reply.status)) {
            reply.metadata = {{"x-project-id", "p1"}};
          }
          return reply;
        }),
        handler_(router_, backend_, *FindKeyCheck(AnnotatedServices()),
                 {absl::Seconds(15)}) {}

  HttpResponse Create(std::string body) {
    return AnswerOf(
        handler_,
        {.method = "POST", .path = "/webhooks", .body = std::move(body)});
  }

  HttpResponse PublishBatch(std::string body) {
    return AnswerOf(
        handler_,
        {.method = "POST", .path = "/events:batch", .body = std::move(body)});
  }

  std::vector<std::string> Calls() const {
    std::vector<std::string> paths;
    for (const Backend::Call& call : backend_.calls) {
      paths.push_back(call.rpc_path);
    }
    return paths;
  }

  const Router router_;
  absl::Status key_status_;
  absl::Status status_;
  FakeBackend backend_;
  ApiHandler handler_;
};

TEST_F(CallExchangeTest, SendsNothingOfARequestWhoseFormIsWrong) {
  const HttpResponse answer = Create(R"({"url":"nope","scope":[],"color":1})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason, "INVALID_REQUEST");
  EXPECT_EQ(answer.project, "p1");
  EXPECT_THAT(answer.body, HasSubstr(R"("field":"scope")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("field":"color")"));
  EXPECT_THAT(answer.body, Not(HasSubstr(R"("field":"url")")));
  EXPECT_THAT(Calls(), ElementsAre(kCheckKey));
}

TEST_F(CallExchangeTest, DoesNotSendABodyThatIsNotJson) {
  const HttpResponse answer = Create("{");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason, "MALFORMED_JSON");
  EXPECT_THAT(Calls(), ElementsAre(kCheckKey));
}

TEST_F(CallExchangeTest, RefusesABadKeyBeforeABadForm) {
  key_status_ = WithReason(absl::UnauthenticatedError("no"), "API_KEY_INVALID");
  const HttpResponse answer = Create("{}");
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.reason, "API_KEY_INVALID");
}

TEST_F(CallExchangeTest, ReportsAWrongFormWithoutTheServer) {
  key_status_ = absl::UnavailableError("gone");
  const HttpResponse answer = Create("{}");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason, "INVALID_REQUEST");
}

TEST_F(CallExchangeTest, ChecksAnAcceptedKeyOnce) {
  EXPECT_EQ(Create("{}").status, 400);
  EXPECT_EQ(Create("{}").status, 400);
  EXPECT_EQ(PublishBatch(LongBatch()).status, 202);
  EXPECT_THAT(Calls(), ElementsAre(kCheckKey, kBatch));
}

TEST_F(CallExchangeTest, KnowsAKeyByAnyCall) {
  EXPECT_EQ(Create(R"({"url":null,"scope":null})").status, 201);
  EXPECT_EQ(PublishBatch(LongBatch()).status, 202);
  EXPECT_THAT(Calls(), ElementsAre(kCreate, kBatch));
}

TEST_F(CallExchangeTest, ParsesALongBodyOfAnAcceptedKeyOnly) {
  EXPECT_EQ(PublishBatch(LongBatch()).status, 202);
  EXPECT_THAT(Calls(), ElementsAre(kCheckKey, kBatch));
}

TEST_F(CallExchangeTest, DoesNotParseALongBodyOfABadKey) {
  key_status_ = WithReason(absl::UnauthenticatedError("no"), "API_KEY_INVALID");
  EXPECT_EQ(PublishBatch(LongBatch()).status, 401);
  EXPECT_THAT(Calls(), ElementsAre(kCheckKey));
}

TEST_F(CallExchangeTest, AsksAnOlderServerNothing) {
  key_status_ = absl::UnimplementedError("no such call");
  EXPECT_EQ(PublishBatch(LongBatch()).status, 202);
}

TEST_F(CallExchangeTest, RefusesAListThatIsTooLongWhileReading) {
  const HttpResponse answer =
      PublishBatch(absl::StrCat(R"({"events":[{"type":"a","data":1})",
                                std::string(1'000, ','), "not read"));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason, "MALFORMED_JSON");
  const HttpResponse longer =
      PublishBatch(Batch(1'001, R"({"type":"a","data":1})") + "not read");
  EXPECT_EQ(longer.status, 400);
  EXPECT_EQ(longer.reason, "INVALID_REQUEST");
  EXPECT_THAT(longer.body, HasSubstr(R"("field":"events")"));
  EXPECT_THAT(longer.body, HasSubstr("at most 1000 elements"));
}

TEST_F(CallExchangeTest, TakesAListOfTheGreatestLength) {
  EXPECT_EQ(PublishBatch(Batch(1'000, R"({"type":"a","data":1})")).status, 202);
}

TEST_F(CallExchangeTest, ReportsTheRangeOfANumber) {
  const HttpResponse answer =
      Create(R"({"url":null,"scope":null,"delivery":{"max_in_flight":"x"}})");
  EXPECT_THAT(answer.body, HasSubstr("must be an integer from 1 to 100"));
}

TEST_F(CallExchangeTest, SuggestsAnEscapeForAPlus) {
  const HttpResponse answer = AnswerOf(
      handler_,
      {.path = "/events", .query = "start_time=2026-01-01T00:00:00+01:00"});
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("%2B"));
}

TEST_F(CallExchangeTest, ReportsAHugeExponent) {
  const HttpResponse answer =
      AnswerOf(handler_, {.method = "POST",
                          .path = "/events",
                          .body = R"({"type":"a","data":1e2147483648})"});
  EXPECT_EQ(answer.reason, "MALFORMED_JSON");
  EXPECT_THAT(answer.body, HasSubstr("exponent"));
}

// Drives an exchange step by step.
class CallExchangeSteps : public CallExchangeTest {
 protected:
  std::unique_ptr<Exchange> Run(std::string body) {
    RequestHead head;
    head.method = "POST";
    head.path = "/events:batch";
    head.fields = {{"content-type", "application/json"}, {"x-api-key", "k1"}};
    head.has_body = true;
    auto exchange = std::get<std::unique_ptr<Exchange>>(handler_.Accept(head));
    exchange->Run(
        std::move(body), [this](HttpResponse) { ++answers_; },
        [this](absl::AnyInvocable<void()> task) {
          posted_.push_back(std::move(task));
        });
    return exchange;
  }

  void RunPosted() {
    while (!posted_.empty()) {
      auto task = std::move(posted_.front());
      posted_.pop_front();
      task();
      ++steps_;
    }
  }

  int answers_ = 0;
  int steps_ = 0;
  std::deque<absl::AnyInvocable<void()>> posted_;
};

TEST_F(CallExchangeSteps, LetOthersHaveTheirTurn) {
  const std::string body = LongBatch();
  const auto exchange = Run(body);
  RunPosted();
  EXPECT_EQ(answers_, 1);
  EXPECT_GE(steps_, static_cast<int>(body.size() / (64 << 10)));
}

TEST_F(CallExchangeSteps, EndWithTheRequest) {
  auto exchange = Run(LongBatch());
  exchange->Cancel();
  exchange.reset();
  RunPosted();
  EXPECT_EQ(answers_, 0);
  EXPECT_THAT(Calls(), ElementsAre(kCheckKey));
}

TEST_F(CallExchangeSteps, GoOnWithoutTheExchange) {
  Run(LongBatch()).reset();
  RunPosted();
  EXPECT_EQ(answers_, 1);
}

}  // namespace
}  // namespace webhooks::gateway

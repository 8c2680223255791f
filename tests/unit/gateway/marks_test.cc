#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/api_handler.h"
#include "gateway/services.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/entity_tag.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/fake_backend.h"
#include "tests/unit/gateway/handler_client.h"
#include "webhooks/v1/webhook_service.pb.h"

// Tests of headers that are fields, of conditions, and of the links of lists.
namespace webhooks::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class MarksTest : public ::testing::Test {
 protected:
  MarksTest()
      : router_(*Router::Make(AnnotatedServices())),
        backend_([this](Backend::Call& call) {
          if (auto* webhook = dynamic_cast<v1::Webhook*>(call.response.get())) {
            webhook->set_etag(etag_);
          }
          if (auto* page = dynamic_cast<v1::ListWebhooksResponse*>(
                  call.response.get())) {
            page->set_next_page_token(next_);
          }
          Backend::Reply reply;
          reply.status = status_;
          reply.metadata = metadata_;
          return reply;
        }),
        handler_(router_, backend_, *FindKeyCheck(AnnotatedServices()),
                 {absl::Seconds(15)}) {}

  // Returns the answer to `ask`, with the headers of every request.
  HttpResponse Answer(Ask ask,
                      const std::vector<RequestHead::Field>& fields = {}) {
    for (const auto& field : fields) ask.fields.push_back(field);
    return AnswerOf(handler_, ask);
  }

  HttpResponse Get(const std::vector<RequestHead::Field>& fields) {
    return Answer({.path = "/webhooks/1"}, fields);
  }

  HttpResponse Delete(const std::vector<RequestHead::Field>& fields) {
    return Answer({.method = "DELETE", .path = "/webhooks/1"}, fields);
  }

  template <typename Request>
  const Request& LastRequest() {
    return static_cast<const Request&>(*backend_.calls.back().request);
  }

  std::string etag_ = "\"v1\"";
  std::string next_;
  absl::Status status_;
  std::multimap<std::string, std::string> metadata_;
  const Router router_;
  FakeBackend backend_;
  ApiHandler handler_;
};

TEST_F(MarksTest, AHeaderFillsItsField) {
  ASSERT_EQ(Delete({{"if-match", "\"a\""}, {"If-Match", "\"b\""}}).status, 201);
  EXPECT_EQ(LastRequest<v1::DeleteWebhookRequest>().etag(), "\"a\", \"b\"");
}

TEST_F(MarksTest, AnInvalidHeaderIsRefused) {
  const Ask create = {.method = "POST",
                      .path = "/webhooks",
                      .body = R"({"url":null,"scope":null})"};
  using Fields = std::vector<RequestHead::Field>;
  for (const Fields& fields :
       {Fields{{"idempotency-key", ""}},
        Fields{{"idempotency-key", "a"}, {"idempotency-key", "b"}},
        Fields{{"idempotency-key", "\xc3\xa9"}}}) {
    EXPECT_EQ(Answer(create, fields).reason, "INVALID_HEADER");
  }
  EXPECT_THAT(backend_.calls, IsEmpty());
}

TEST_F(MarksTest, ViolationsOfAHeaderHaveItsName) {
  google::rpc::BadRequest found;
  AddViolation(found, "url", "must be an absolute https URL");
  AddViolation(found, "request_id", "must hold at most 255 characters");
  status_ = InvalidFields(found, "INVALID_REQUEST");
  const Ask create = {.method = "POST",
                      .path = "/webhooks",
                      .body = R"({"url":null,"scope":null})"};
  const HttpResponse answer = Answer(create, {{"idempotency-key", "x"}});
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.reason, "INVALID_REQUEST");
  EXPECT_THAT(answer.body, HasSubstr(R"("field":"url")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("field":"idempotency-key")"));
  EXPECT_THAT(answer.body, Not(HasSubstr("request_id")));
}

// The server adds its own violations to those that the gateway has found.
TEST_F(MarksTest, AKeyOfTheBodyKeepsItsNameThoughAHeaderIsCalledSo) {
  google::rpc::BadRequest found;
  AddViolation(found, "request_id", "is unknown");
  status_ = InvalidFields(found, "INVALID_REQUEST");
  const HttpResponse answer =
      Answer({.method = "POST",
              .path = "/webhooks",
              .body = R"({"url":null,"scope":null,"request_id":"x"})"});
  EXPECT_THAT(answer.body, HasSubstr(R"("field":"request_id")"));
  EXPECT_THAT(answer.body, Not(HasSubstr("idempotency-key")));
}

TEST_F(MarksTest, AFieldOfTheAnswerBecomesItsHeader) {
  EXPECT_THAT(Get({}), HasHeader("ETag", "\"v1\""));
}

TEST_F(MarksTest, AHeaderThatWouldBreakTheHeadIsLeftOut) {
  etag_ = "\"v1\"\r\nSet-Cookie: x";
  EXPECT_THAT(Get({}).headers, IsEmpty());
}

TEST_F(MarksTest, AReadWhoseEtagMatchesHasNoBody) {
  for (const absl::string_view condition : {"\"v1\"", "W/\"v1\"", "*"}) {
    const HttpResponse answer = Get({{"if-none-match", condition}});
    EXPECT_EQ(answer.status, 304);
    EXPECT_EQ(answer.body, "");
    EXPECT_THAT(answer, HasHeader("ETag", "\"v1\""));
  }
  EXPECT_EQ(Get({{"if-none-match", "\"v2\""}}).status, 200);
}

TEST_F(MarksTest, AReadWhoseEtagMustMatchAndDoesNotIs412) {
  EXPECT_EQ(Get({{"if-match", "\"v1\""}}).status, 200);
  const HttpResponse answer = Get({{"if-match", "\"v2\""}});
  EXPECT_EQ(answer.status, 412);
  EXPECT_EQ(answer.reason, kEtagMismatch);
}

TEST_F(MarksTest, AnErrorIsUnchangedByConditions) {
  status_ = WithReason(absl::NotFoundError("no webhook"), "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(Get({{"if-none-match", "*"}}).status, 404);
  EXPECT_EQ(Get({{"if-match", "\"v2\""}}).status, 404);
}

TEST_F(MarksTest, AChangeWithAConditionThatIsNotEvaluatedIsRefused) {
  const Ask create = {.method = "POST",
                      .path = "/webhooks",
                      .body = R"({"url":null,"scope":null})"};
  EXPECT_EQ(Answer(create, {{"if-match", "\"v1\""}}).status, 400);
  EXPECT_EQ(Answer(create, {{"if-none-match", "*"}}).status, 400);
  EXPECT_EQ(Answer(create, {{"if-match", "v1"}}).status, 400);
  EXPECT_EQ(Answer(create, {{"if-match", "*"}}).status, 400);
  EXPECT_THAT(backend_.calls, IsEmpty());
}

TEST_F(MarksTest, TheNextPageIsALinkWithTheRequestsOwnQuery) {
  next_ = "a+b/c=";
  EXPECT_THAT(
      Answer({.path = "/webhooks",
              .query = "page_size=2&page_token=old&url=https%3A%2F%2Fa"}),
      HasHeader("Link",
                "</webhooks?page_size=2&url=https%3A%2F%2Fa&"
                "page_token=a%2Bb%2Fc%3D>; rel=\"next\""));
  EXPECT_THAT(
      Answer({.path = "/webhooks"}),
      HasHeader("Link", "</webhooks?page_token=a%2Bb%2Fc%3D>; rel=\"next\""));
}

TEST_F(MarksTest, TheLinkReplacesTheTokenInAnyEncoding) {
  next_ = "new";
  for (const absl::string_view name :
       {"page_token", "pageToken", "page%5Ftoken", "%70age_token"}) {
    const std::string query = absl::StrCat(name, "=old&page_size=2");
    EXPECT_THAT(
        Answer({.path = "/webhooks", .query = query}),
        HasHeader("Link",
                  "</webhooks?page_size=2&page_token=new>; rel=\"next\""));
  }
}

TEST_F(MarksTest, TheLastPageHasNoLink) {
  EXPECT_THAT(Answer({.path = "/webhooks"}).headers, IsEmpty());
}

TEST_F(MarksTest, AReplayedAnswerIsMarked) {
  metadata_ = {{"idempotent-replayed", "true"}, {"other", "x"}};
  const HttpResponse answer = Get({});
  EXPECT_THAT(answer, HasHeader("Idempotent-Replayed", "true"));
  EXPECT_THAT(answer.headers, SizeIs(2));
}

TEST_F(MarksTest, APatchMayBeAMergePatch) {
  const std::vector<RequestHead::Field> fields = {
      {"content-type", "application/merge-patch+json"}, {"x-api-key", "k1"}};
  EXPECT_EQ(Answer({.method = "PATCH",
                    .path = "/webhooks/1",
                    .body = "{}",
                    .fields = fields})
                .status,
            200);
  EXPECT_EQ(Answer({.method = "PUT",
                    .path = "/webhooks/1",
                    .body = "{}",
                    .fields = fields})
                .status,
            415);
}

TEST_F(MarksTest, ABodyOfUnknownLengthWithoutATypeMustTurnOutEmpty) {
  const std::vector<RequestHead::Field> fields = {
      {"transfer-encoding", "chunked"}, {"x-api-key", "k1"}};
  EXPECT_EQ(Answer({.method = "PUT",
                    .path = "/webhooks/1",
                    .body = "{}",
                    .fields = fields})
                .status,
            415);
}

}  // namespace
}  // namespace webhooks::gateway

#include "gateway/api_handler.h"

#include <optional>

#include "gateway/services.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/unit/gateway/fake_backend.h"
#include "tests/unit/gateway/handler_client.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::gateway {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class ApiHandlerTest : public ::testing::Test {
 protected:
  ApiHandlerTest()
      : router_(*Router::Make(AnnotatedServices())),
        backend_([this](Backend::Call& call) {
          if (auto* webhook = dynamic_cast<v1::Webhook*>(&*call.response)) {
            webhook->set_id_webhook_endpoint("w1");
          }
          Backend::Reply reply;
          reply.status = status_;
          reply.metadata = {{"x-project-id", "p1"}};
          return reply;
        }),
        handler_(router_, backend_, *FindKeyCheck(AnnotatedServices()),
                 {absl::Seconds(15)}) {}

  HttpResponse Answer(const Ask& ask) { return AnswerOf(handler_, ask); }

  const Router router_;
  absl::Status status_;
  FakeBackend backend_;
  ApiHandler handler_;
};

TEST_F(ApiHandlerTest, CallsTheRpcOfThePath) {
  const HttpResponse answer =
      Answer({.method = "POST",
              .path = "/webhooks",
              .body = R"({"url":"https://a.example","scope":null})"});
  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.body, HasSubstr(R"("id_webhook_endpoint":"w1")"));
  EXPECT_EQ(answer.route, "/webhooks");
  EXPECT_EQ(answer.project, "p1");
  EXPECT_EQ(answer.reason, "");
  ASSERT_THAT(backend_.calls, SizeIs(1));
  const Backend::Call& call = backend_.calls[0];
  EXPECT_EQ(call.rpc_path, "/webhooks.v1.WebhookService/Create");
  EXPECT_LE(call.timeout, absl::Seconds(15));
  EXPECT_GT(call.timeout, absl::ZeroDuration());
  EXPECT_THAT(call.metadata, Contains(Pair("x-api-key", "k1")));
  EXPECT_THAT(call.metadata, Contains(Pair("x-request-id", "r1")));
  EXPECT_EQ(static_cast<const v1::CreateWebhookRequest&>(*call.request).url(),
            "https://a.example");
}

TEST_F(ApiHandlerTest, FillsTheRequestFromThePath) {
  const HttpResponse answer = Answer({.path = "/webhooks/a%2Fb"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.route, "/webhooks/{id}");
  ASSERT_THAT(backend_.calls, SizeIs(1));
  EXPECT_EQ(
      static_cast<const v1::GetWebhookRequest&>(*backend_.calls[0].request)
          .id(),
      "a/b");
}

TEST_F(ApiHandlerTest, AnswersWithTheServersError) {
  status_ = WithReason(absl::NotFoundError("no webhook"), "WEBHOOK_NOT_FOUND");
  const HttpResponse answer = Answer({.path = "/webhooks/a"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("WEBHOOK_NOT_FOUND"));
  EXPECT_EQ(answer.reason, "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(answer.route, "/webhooks/{id}");
}

TEST_F(ApiHandlerTest, SendsRetryAfter) {
  status_ = absl::UnavailableError("stopping");
  EXPECT_THAT(Answer({.path = "/webhooks/a"}), HasHeader("Retry-After", "1"));
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(6);
  info.mutable_retry_delay()->set_nanos(1);
  status_ = absl::ResourceExhaustedError("slow down");
  status_.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                     absl::Cord(info.SerializeAsString()));
  const HttpResponse answer = Answer({.path = "/webhooks/a"});
  EXPECT_EQ(answer.status, 429);
  EXPECT_THAT(answer, HasHeader("Retry-After", "7"));
}

TEST_F(ApiHandlerTest, SendsRetryAfterForErrorsOfTheListener) {
  const HttpResponse answer =
      handler_.AnswerError(absl::UnavailableError("full"));
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer, HasHeader("Retry-After", "1"));
}

TEST_F(ApiHandlerTest, RefusesABodyOfAnotherType) {
  const HttpResponse answer =
      Answer({.method = "POST",
              .path = "/webhooks",
              .body = "a=b",
              .fields = {{"content-type", "text/plain"}, {"x-api-key", "k1"}}});
  EXPECT_EQ(answer.status, 415);
  EXPECT_THAT(answer.body, HasSubstr("UNSUPPORTED_MEDIA_TYPE"));
}

TEST_F(ApiHandlerTest, RefusesABodyOfAnyTypeWhereNoneBelongs) {
  const std::vector<std::vector<RequestHead::Field>> kCases = {
      {{"x-api-key", "k1"}},
      {{"x-api-key", "k1"}, {"content-type", "application/json"}},
      {{"x-api-key", "k1"}, {"content-type", "text/plain"}},
      {{"x-api-key", "k1"}, {"content-encoding", "gzip"}}};
  for (const auto& fields : kCases) {
    const HttpResponse answer =
        Answer({.path = "/webhooks/a", .body = "{}", .fields = fields});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.reason, "INVALID_REQUEST");
    EXPECT_THAT(answer.body, HasSubstr("must have no body"));
  }
}

TEST_F(ApiHandlerTest, RefusesARequestWithoutOneKeyBeforeReadingItsBody) {
  const std::vector<std::vector<RequestHead::Field>> kCases = {
      {}, {{"x-api-key", ""}}, {{"x-api-key", "k1"}, {"X-Api-Key", "k2"}}};
  for (const auto& fields : kCases) {
    RequestHead head;
    head.method = "POST";
    head.path = "/webhooks";
    head.fields = fields;
    head.has_body = true;
    const auto accepted = handler_.Accept(head);
    const auto* answer = std::get_if<HttpResponse>(&accepted);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(answer->route, "/webhooks");
    EXPECT_THAT(answer->body, HasSubstr("API_KEY_MISSING"));
  }
}

TEST_F(ApiHandlerTest, SendsWwwAuthenticate) {
  const HttpResponse answer = Answer({.path = "/webhooks", .fields = {}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer,
              HasHeader("WWW-Authenticate", "ApiKey realm=\"webhooks\""));
}

TEST_F(ApiHandlerTest, TakesACertificateOfABrowserForItsOwnPagesOnly) {
  for (const auto& [site, status] : {std::pair("same-origin", 0),
                                     {"none", 0},
                                     {"same-site", 403},
                                     {"cross-site", 403},
                                     {"", 403}}) {
    RequestHead head;
    head.method = "POST";
    head.path = "/deliveries/a:retry";
    head.client_certificate = "client.example";
    head.fields = {{"Sec-Fetch-Site", site}};
    auto accepted = handler_.Accept(head);
    const auto* refusal = std::get_if<HttpResponse>(&accepted);
    EXPECT_EQ(refusal == nullptr ? 0 : refusal->status, status) << site;
    // Browsers do not add a key by themselves, unlike a certificate.
    head.fields.push_back({"x-api-key", "k1"});
    accepted = handler_.Accept(head);
    EXPECT_TRUE(std::holds_alternative<std::unique_ptr<Exchange>>(accepted));
  }
}

TEST_F(ApiHandlerTest, KnowsNoOtherMethods) {
  for (const char* method : {"TRACE", "BREW", "get"}) {
    for (const char* path : {"/webhooks", "/hooks"}) {
      const HttpResponse answer = Answer({.method = method, .path = path});
      EXPECT_EQ(answer.status, 501);
      EXPECT_EQ(answer.reason, "METHOD_UNKNOWN");
    }
  }
}

TEST_F(ApiHandlerTest, AnswersOptionsOfAllPaths) {
  const HttpResponse answer = Answer({.method = "OPTIONS", .path = "*"});
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(
      answer,
      HasHeader("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"));
}

TEST_F(ApiHandlerTest, RefusesAWeakEtag) {
  for (const char* method : {"GET", "DELETE"}) {
    const HttpResponse answer =
        Answer({.method = method,
                .path = "/webhooks/a",
                .fields = {{"x-api-key", "k1"}, {"if-match", "W/\"1\""}}});
    EXPECT_EQ(answer.status, 412);
    EXPECT_EQ(answer.reason, "ETAG_MISMATCH");
    EXPECT_THAT(answer.body, HasSubstr("weak"));
  }
  EXPECT_EQ(
      Answer({.path = "/webhooks/a",
              .fields = {{"x-api-key", "k1"}, {"if-match", "W/\"1\", *"}}})
          .status,
      400);
}

TEST_F(ApiHandlerTest, TakesACertificateInPlaceOfAKeyButNotOfABadOne) {
  RequestHead head;
  head.method = "GET";
  head.path = "/webhooks";
  head.client_certificate = "client.example";
  const auto is_accepted = [&] {
    return std::holds_alternative<std::unique_ptr<Exchange>>(
        handler_.Accept(head));
  };
  EXPECT_TRUE(is_accepted());
  head.fields = {{"x-api-key", ""}};
  EXPECT_FALSE(is_accepted());
}

TEST_F(ApiHandlerTest, RefusesHeadersThatAreTooLargeForTheServer) {
  const std::string key(15'800, 'a');
  const HttpResponse answer =
      Answer({.path = "/webhooks/a", .fields = {{"x-api-key", key}}});
  EXPECT_EQ(answer.status, 431);
  EXPECT_THAT(answer.body, HasSubstr("HEADERS_TOO_LARGE"));
  EXPECT_THAT(backend_.calls, IsEmpty());
}

TEST_F(ApiHandlerTest, DoesNotKnowOtherPaths) {
  const HttpResponse answer = Answer({.path = "/hooks"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("PATH_NOT_FOUND"));
  EXPECT_EQ(answer.route, "");
  EXPECT_EQ(Answer({.method = "OPTIONS", .path = "/hooks"}).status, 404);
}

TEST_F(ApiHandlerTest, NamesTheMethodsOfAPath) {
  const HttpResponse answer = Answer({.method = "DELETE", .path = "/webhooks"});
  EXPECT_EQ(answer.status, 405);
  const HttpResponse options =
      Answer({.method = "OPTIONS", .path = "/webhooks"});
  EXPECT_EQ(options.status, 204);
  EXPECT_THAT(options.body, IsEmpty());
  EXPECT_EQ(answer.headers, options.headers);
  EXPECT_EQ(answer.headers[0].first, "Allow");
  EXPECT_THAT(answer.headers[0].second, HasSubstr("POST"));
}

TEST_F(ApiHandlerTest, RefusesABadEscapeInThePath) {
  EXPECT_EQ(Answer({.path = "/webhooks/%zz"}).status, 400);
}

}  // namespace
}  // namespace webhooks::gateway

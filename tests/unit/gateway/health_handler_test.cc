#include "gateway/health_handler.h"

#include "gmock/gmock.h"
#include "grpc/health/v1/health.pb.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/fake_backend.h"
#include "tests/unit/gateway/handler_client.h"

namespace webhooks::gateway {
namespace {

using grpc::health::v1::HealthCheckResponse;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HealthHandlerTest : public ::testing::Test {
 protected:
  // Returns the answer of a gateway whose server ends health checks with this.
  HttpResponse AnswerWith(absl::Status status,
                          HealthCheckResponse::ServingStatus serving,
                          const Ask& ask) {
    backend_.emplace([=](Backend::Call& call) {
      static_cast<HealthCheckResponse&>(*call.response).set_status(serving);
      Backend::Reply reply;
      reply.status = status;
      return reply;
    });
    return AnswerOf(HealthHandler(next_, *backend_), ask);
  }

  static HttpResponse AnswerOf(HealthHandler handler, const Ask& ask) {
    return gateway::AnswerOf(handler, ask);
  }

  NextHandler next_;
  std::optional<FakeBackend> backend_;
};

TEST_F(HealthHandlerTest, IsHealthyWithoutTheServer) {
  const HttpResponse answer =
      AnswerWith(absl::UnavailableError(""), HealthCheckResponse::UNKNOWN,
                 {.path = "/healthz"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  EXPECT_THAT(backend_->calls, IsEmpty());
}

TEST_F(HealthHandlerTest, IsReadyWhileTheServerServes) {
  const HttpResponse answer = AnswerWith(
      absl::OkStatus(), HealthCheckResponse::SERVING, {.path = "/readyz"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
  ASSERT_THAT(backend_->calls, SizeIs(1));
  EXPECT_EQ(backend_->calls[0].rpc_path, "/grpc.health.v1.Health/Check");
  EXPECT_EQ(backend_->calls[0].timeout, absl::Seconds(2));
}

TEST_F(HealthHandlerTest, IsNotReadyWhileTheServerDoesNotServe) {
  const HttpResponse answer = AnswerWith(
      absl::OkStatus(), HealthCheckResponse::NOT_SERVING, {.path = "/readyz"});
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, ::testing::HasSubstr("SERVER_NOT_SERVING"));
  EXPECT_THAT(answer, HasHeader("Retry-After", "1"));
}

TEST_F(HealthHandlerTest, IsNotReadyWithoutTheServer) {
  const HttpResponse answer =
      AnswerWith(absl::DeadlineExceededError(""), HealthCheckResponse::SERVING,
                 {.path = "/readyz"});
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, ::testing::HasSubstr("SERVER_UNREACHABLE"));
}

TEST_F(HealthHandlerTest, KnowsNoOtherMethods) {
  for (const char* path : {"/healthz", "/readyz"}) {
    const HttpResponse answer =
        AnswerWith(absl::OkStatus(), HealthCheckResponse::SERVING,
                   {.method = "POST", .path = path});
    EXPECT_EQ(answer.status, 405);
    EXPECT_THAT(answer, HasHeader("Allow", "GET, HEAD, OPTIONS"));
  }
}

TEST_F(HealthHandlerTest, LeavesOtherPathsToTheNextHandler) {
  EXPECT_EQ(AnswerWith(absl::OkStatus(), HealthCheckResponse::SERVING,
                       {.path = "/webhooks"})
                .status,
            299);
}

}  // namespace
}  // namespace webhooks::gateway

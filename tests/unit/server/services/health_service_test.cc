#include "server/services/health_service.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/support/fake_call_observer.h"

namespace webhooks::server {
namespace {

using ::grpc::health::v1::Health;
using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

class HealthServiceTest : public ::testing::Test {
 protected:
  HealthServiceTest()
      : service_({"webhooks.v1.WebhookService"}, timeouts_, observer_, 2),
        methods_(observer_) {
    grpc::ServerBuilder builder;
    service_.AddTo(methods_);
    builder.RegisterCallbackGenericService(&methods_);
    server_ = builder.BuildAndStart();
    stub_ = Health::NewStub(server_->InProcessChannel({}));
  }

  ~HealthServiceTest() override { server_->Shutdown(); }

  grpc::Status Check(const std::string& service,
                     HealthCheckResponse* response) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(service);
    return stub_->Check(&context, request, response);
  }

  // Returns the status of a known service.
  HealthCheckResponse::ServingStatus Checked(const std::string& service) {
    HealthCheckResponse response;
    EXPECT_TRUE(Check(service, &response).ok());
    return response.status();
  }

  static HealthCheckResponse::ServingStatus Next(
      grpc::ClientReader<HealthCheckResponse>& reader) {
    HealthCheckResponse response;
    EXPECT_TRUE(reader.Read(&response));
    return response.status();
  }

  testing::FakeCallObserver observer_;
  RequestTimeouts timeouts_;
  HealthService service_;
  Methods methods_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Health::Stub> stub_;
};

TEST_F(HealthServiceTest, ReportsTheSameStatusForAllServices) {
  for (const std::string service : {"", "webhooks.v1.WebhookService"}) {
    service_.SetServing(false);
    EXPECT_EQ(Checked(service), HealthCheckResponse::NOT_SERVING);
    service_.SetServing(true);
    EXPECT_EQ(Checked(service), HealthCheckResponse::SERVING);
  }
}

// Otherwise a client of the health service could flood the connection.
TEST_F(HealthServiceTest, CountsAsAnUnauthenticatedCall) {
  Checked("webhooks.v1.WebhookService");
  server_->Shutdown();
  EXPECT_EQ(observer_.connection().anonymous, 1);
  EXPECT_EQ(observer_.connection().read, 0);
}

TEST_F(HealthServiceTest, KnowsNoOtherService) {
  HealthCheckResponse response;
  EXPECT_EQ(Check("no.such.Service", &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(HealthServiceTest, SendsTheStatusAndItsChangesToAWatcher) {
  service_.SetServing(true);
  grpc::ClientContext context;
  const auto reader = stub_->Watch(&context, HealthCheckRequest());
  EXPECT_EQ(Next(*reader), HealthCheckResponse::SERVING);
  service_.SetServing(true);
  service_.SetServing(false);
  EXPECT_EQ(Next(*reader), HealthCheckResponse::NOT_SERVING);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(HealthService, EndsAWatchWhoseRequestDoesNotArrive) {
  testing::FakeCallObserver observer;
  RequestTimeouts timeouts(absl::Milliseconds(20), absl::Milliseconds(1));
  HealthService service({}, timeouts, observer, 2);
  Methods methods(observer);
  service.AddTo(methods);
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&methods);
  const auto server = builder.BuildAndStart();
  grpc::GenericStub stub(server->InProcessChannel({}));
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto call =
      stub.PrepareCall(&context, "/grpc.health.v1.Health/Watch", &queue);
  call->StartCall(nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  server->Shutdown();
}

TEST_F(HealthServiceTest, ReportsAnUnknownServiceToAWatcher) {
  grpc::ClientContext context;
  HealthCheckRequest request;
  request.set_service("no.such.Service");
  const auto reader = stub_->Watch(&context, request);
  EXPECT_EQ(Next(*reader), HealthCheckResponse::SERVICE_UNKNOWN);
  context.TryCancel();
  reader->Finish();
}

TEST_F(HealthServiceTest, LimitsTheWatchesOfAClient) {
  grpc::ClientContext contexts[3];
  std::vector<std::unique_ptr<grpc::ClientReader<HealthCheckResponse>>> readers;
  for (grpc::ClientContext& context : contexts) {
    readers.push_back(stub_->Watch(&context, HealthCheckRequest()));
    if (readers.size() < 3) Next(*readers.back());
  }
  const grpc::Status refused = readers[2]->Finish();
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  contexts[0].TryCancel();
  readers[0]->Finish();
  // The place is free once gRPC has notified the server.
  for (;;) {
    grpc::ClientContext context;
    const auto reader = stub_->Watch(&context, HealthCheckRequest());
    HealthCheckResponse response;
    const bool is_let_in = reader->Read(&response);
    if (is_let_in) context.TryCancel();
    const grpc::StatusCode code = reader->Finish().error_code();
    if (is_let_in) break;
    EXPECT_EQ(code, grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  contexts[1].TryCancel();
  readers[1]->Finish();
}

TEST_F(HealthServiceTest, EndsEveryWatchWhenTheServerStops) {
  service_.SetServing(true);
  grpc::ClientContext context;
  const auto reader = stub_->Watch(&context, HealthCheckRequest());
  EXPECT_EQ(Next(*reader), HealthCheckResponse::SERVING);
  service_.Stop();
  EXPECT_EQ(Next(*reader), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace webhooks::server

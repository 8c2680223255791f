#include "server/call/methods.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/fake_call_observer.h"
#include "webhooks/v1/webhook_service.grpc.pb.h"

namespace webhooks::server {
namespace {

// Ends every call.
struct EndingService {
  CallReactor* End(CallContext& /*context*/) {
    struct Call final : CallReactor {
      Call() { Finish(grpc::Status(grpc::StatusCode::DATA_LOSS, "")); }
      void OnDone() override { delete this; }
    };
    return new Call;
  }
};

class MethodsTest : public ::testing::Test {
 protected:
  MethodsTest() : methods_(observer_) {}

  // Starts the server, and returns the status of a call of
  // WebhookService.Create. No method may be added afterwards.
  grpc::Status Create() {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&methods_);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    const auto stub = v1::WebhookService::NewStub(server->InProcessChannel({}));
    v1::Webhook webhook;
    grpc::Status status =
        stub->Create(&context_, v1::CreateWebhookRequest(), &webhook);
    server->Shutdown();
    return status;
  }

  testing::FakeCallObserver observer_;
  EndingService service_;
  Methods methods_;
  grpc::ClientContext context_;
};

TEST_F(MethodsTest, StartTheirCalls) {
  methods_.Add("webhooks.v1.WebhookService", "Create", service_,
               &EndingService::End);
  EXPECT_EQ(Create().error_code(), grpc::StatusCode::DATA_LOSS);
}

TEST_F(MethodsTest, HaveNames) {
  methods_.Add("a.B", "C", service_, &EndingService::End);
  methods_.Add("a.B", "D", service_, &EndingService::End);
  EXPECT_THAT(methods_.names(),
              ::testing::UnorderedElementsAre("a.B/C", "a.B/D"));
}

TEST_F(MethodsTest, AnUnknownOneEndsWithAReason) {
  const grpc::Status status = Create();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  google::rpc::Status rpc;
  ASSERT_TRUE(rpc.ParseFromString(status.error_details()));
  EXPECT_EQ(Reason(FromRpcStatus(rpc)), "METHOD_UNKNOWN");
  EXPECT_EQ(context_.GetServerInitialMetadata().count("x-request-id"), 1u);
  EXPECT_EQ(observer_.calls(), (std::vector<testing::FakeCallObserver::Call>{
                                   {"webhooks.v1.WebhookService/Create",
                                    absl::StatusCode::kUnimplemented}}));
}

}  // namespace
}  // namespace webhooks::server

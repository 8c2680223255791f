#include "server/services/unknown_calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>

#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/fake_call_observer.h"
#include "webhooks/v1/webhook_service.grpc.pb.h"

namespace webhooks::server {
namespace {

TEST(UnknownCalls, EndWithAReason) {
  testing::FakeCallObserver observer;
  UnknownCalls unknown(observer);
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&unknown);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const auto stub = v1::WebhookService::NewStub(server->InProcessChannel({}));
  grpc::ClientContext context;
  v1::Webhook webhook;
  const grpc::Status status =
      stub->Create(&context, v1::CreateWebhookRequest(), &webhook);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
  google::rpc::Status rpc;
  ASSERT_TRUE(rpc.ParseFromString(status.error_details()));
  EXPECT_EQ(Reason(FromRpcStatus(rpc)), "METHOD_UNKNOWN");
  EXPECT_EQ(context.GetServerInitialMetadata().count("x-request-id"), 1u);
  server->Shutdown();
  EXPECT_EQ(observer.calls(), (std::vector<testing::FakeCallObserver::Call>{
                                  {"webhooks.v1.WebhookService/Create",
                                   absl::StatusCode::kUnimplemented}}));
}

}  // namespace
}  // namespace webhooks::server

#include "server/ctl/client.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::ctl {
namespace {

// Ends every call with UNAVAILABLE, and counts them.
class Unavailable : public grpc::CallbackGenericService {
 public:
  Unavailable() {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(this);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  int calls() const { return calls_; }

 private:
  struct Reactor : grpc::ServerGenericBidiReactor {
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext*) override {
    ++calls_;
    auto* const reactor = new Reactor;
    reactor->Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, ""));
    return reactor;
  }

  int port_ = 0;
  std::atomic<int> calls_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// Counts the calls that a client makes to a server that is not available.
int CallsOf(const std::string& rpc) {
  Unavailable server;
  Options options;
  options.server = server.address();
  options.timeout = absl::Seconds(20);
  Client client(options);
  EXPECT_THAT(client.Call<v1::Webhook>(rpc, v1::GetWebhookRequest()),
              testing::StatusIs(absl::StatusCode::kUnavailable));
  return server.calls();
}

TEST(Client, RepeatsAnIdempotentCall) {
  EXPECT_GT(CallsOf("webhooks.v1.WebhookService/Get"), 1);
  EXPECT_GT(CallsOf("webhooks.v1.WebhookService/Create"), 1);
}

TEST(Client, DoesNotRepeatAnotherCall) {
  for (const char* rpc : {"webhooks.v1.WebhookService/Delete",
                          "webhooks.v1.AdminService/DeleteProject",
                          "webhooks.v1.AdminService/UnbindCertificate",
                          "webhooks.v1.DeliveryService/Cancel",
                          "webhooks.v1.DeliveryService/Retry",
                          "webhooks.v1.DeliveryService/Test"}) {
    EXPECT_EQ(CallsOf(rpc), 1) << rpc;
  }
}

}  // namespace
}  // namespace webhooks::ctl

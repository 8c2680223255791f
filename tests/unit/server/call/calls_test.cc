#include "server/call/calls.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/call/errors.h"
#include "server/call/message_bytes.h"
#include "storage/errors.h"
#include "tests/support/fake_call_observer.h"
#include "webhooks/v1/webhook_service.pb.h"

namespace webhooks::server {
namespace {

// Admits calls with a key other than "broken". The key "gateway" is a
// gateway's.
class FakeAdmission final : public Admission {
 public:
  void Admit(const Credentials& credentials, const CallOptions& /*options*/,
             Decide decide) override {
    Decision decision;
    if (!credentials.has_key) decision.status = ApiKeyMissing();
    if (credentials.key == "broken") decision.status = StorageUnavailable();
    decision.is_from_gateway = credentials.key == "gateway";
    std::move(decide)(std::move(decision));
  }
};

// Answers with the id of the request.
class EchoService {
 public:
  explicit EchoService(Calls& calls) : calls_(calls) {}

  CallReactor* Get(CallContext& context) {
    return calls_.Unary<v1::GetWebhookRequest, v1::Webhook>(
        context, &Calls::AcceptAny,
        [](const Caller&, const v1::GetWebhookRequest& wanted,
           Done<v1::Webhook> done) {
          v1::Webhook webhook;
          webhook.set_id_webhook_endpoint(wanted.id());
          std::move(done)(std::move(webhook));
        });
  }

 private:
  Calls& calls_;
};

// A call whose client sends headers, and optionally a message.
class ClientCall final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit ClientCall(grpc::Server& server)
      : stub_(server.InProcessChannel({})) {}

  void AddKey(const std::string& key = "k") {
    context_.AddMetadata("x-api-key", key);
  }

  void Begin() {
    stub_.PrepareBidiStreamingCall(&context_, "/a.B/Get", {}, this);
    StartRead(&answer_);
    StartCall();
  }

  void Send(const std::string& bytes) {
    const grpc::Slice slice(bytes);
    request_ = grpc::ByteBuffer(&slice, 1);
    StartWriteLast(&request_, {});
  }

  void SendNothing() { StartWritesDone(); }

  void Cancel() { context_.TryCancel(); }

  grpc::Status AwaitEnd() {
    ended_.WaitForNotification();
    return status_;
  }

  v1::Webhook Answer() const {
    v1::Webhook webhook;
    EXPECT_TRUE(ReadMessage(answer_, webhook));
    return webhook;
  }

  std::string AwaitReason() {
    google::rpc::Status rpc;
    EXPECT_TRUE(rpc.ParseFromString(AwaitEnd().error_details()));
    return Reason(FromRpcStatus(rpc));
  }

 private:
  void OnDone(const grpc::Status& status) override {
    status_ = status;
    ended_.Notify();
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  absl::Notification ended_;
};

class CallsTest : public ::testing::Test {
 protected:
  void Start(absl::Duration timeout) {
    request_.set_id("a");
    timeouts_.emplace(timeout, absl::Milliseconds(1));
    calls_.emplace(admission_, &absl::Now, *timeouts_, observer_);
    service_.emplace(*calls_);
    methods_.Add("a.B", "Get", *service_, &EchoService::Get);
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&methods_);
    server_ = builder.BuildAndStart();
    call_.emplace(*server_);
  }

  ~CallsTest() override { server_->Shutdown(); }

  // Waits for the end of all calls; returns their connection.
  const testing::FakeCallConnection& Connection() {
    server_->Shutdown();
    EXPECT_EQ(observer_.connection().ended, observer_.connection().begun);
    return observer_.connection();
  }

  v1::GetWebhookRequest request_;
  FakeAdmission admission_;
  testing::FakeCallObserver observer_;
  std::optional<RequestTimeouts> timeouts_;
  std::optional<Calls> calls_;
  std::optional<EchoService> service_;
  Methods methods_{observer_};
  std::unique_ptr<grpc::Server> server_;
  std::optional<ClientCall> call_;
};

TEST_F(CallsTest, ARequestIsReadAndAnswered) {
  Start(absl::Hours(1));
  call_->AddKey();
  call_->Begin();
  call_->Send(request_.SerializeAsString());
  ASSERT_TRUE(call_->AwaitEnd().ok());
  EXPECT_EQ(call_->Answer().id_webhook_endpoint(), "a");
}

TEST_F(CallsTest, ACallWithoutAKeyEndsBeforeItsRequestArrives) {
  Start(absl::Hours(1));
  call_->Begin();
  EXPECT_EQ(call_->AwaitReason(), "API_KEY_MISSING");
}

TEST_F(CallsTest, ARequestThatDoesNotArriveEndsItsCall) {
  Start(absl::Milliseconds(20));
  call_->AddKey();
  call_->Begin();
  EXPECT_EQ(call_->AwaitReason(), "REQUEST_TIMEOUT");
  EXPECT_EQ(call_->AwaitEnd().error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(CallsTest, ACallWithoutARequestIsMalformed) {
  Start(absl::Hours(1));
  call_->AddKey();
  call_->Begin();
  call_->SendNothing();
  EXPECT_EQ(call_->AwaitReason(), "MALFORMED_MESSAGE");
}

TEST_F(CallsTest, ARequestThatCannotBeParsedIsMalformed) {
  Start(absl::Hours(1));
  call_->AddKey();
  call_->Begin();
  call_->Send("\xff");
  EXPECT_EQ(call_->AwaitReason(), "MALFORMED_MESSAGE");
}

TEST_F(CallsTest, TheConnectionGetsNoticeOfAnAuthenticatedCall) {
  Start(absl::Hours(1));
  call_->AddKey();
  call_->Begin();
  call_->Send(request_.SerializeAsString());
  call_->AwaitEnd();
  EXPECT_EQ(Connection().known, 1);
  EXPECT_EQ(Connection().anonymous, 0);
  EXPECT_EQ(Connection().read, request_.ByteSizeLong());
}

TEST_F(CallsTest, TheConnectionGetsNoticeOfAnUnauthenticatedCall) {
  Start(absl::Hours(1));
  call_->Begin();
  call_->AwaitEnd();
  EXPECT_EQ(Connection().known, 0);
  EXPECT_EQ(Connection().anonymous, 1);
}

TEST_F(CallsTest, TheConnectionGetsNoticeOfAGatewaysCall) {
  Start(absl::Hours(1));
  call_->AddKey("gateway");
  call_->Begin();
  call_->SendNothing();
  call_->AwaitEnd();
  EXPECT_TRUE(Connection().is_gateway);
}

TEST_F(CallsTest, ACallerThatCannotBeLookedUpIsNotAnonymous) {
  Start(absl::Hours(1));
  call_->AddKey("broken");
  call_->Begin();
  call_->AwaitEnd();
  EXPECT_EQ(Connection().known, 0);
  EXPECT_EQ(Connection().anonymous, 0);
}

TEST_F(CallsTest, ACallThatIsCancelledBeforeItsRequestArrivesEnds) {
  Start(absl::Hours(1));
  call_->AddKey();
  call_->Begin();
  call_->Cancel();
  EXPECT_EQ(call_->AwaitEnd().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace webhooks::server

#include "server/services/webhook_service.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/call/admission.h"
#include "server/call/api_key.h"
#include "storage/await.h"
#include "storage/errors.h"
#include "tests/support/fake_call_observer.h"
#include "tests/support/fake_entropy.h"
#include "tests/support/fake_store.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"
#include "webhooks/v1/webhook_service.grpc.pb.h"

namespace webhooks::server {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::MatchesRegex;

// The service behind a real gRPC server, called through a channel in memory.
class WebhookServiceTest : public ::testing::Test {
 protected:
  WebhookServiceTest()
      : failed_(&Now),
        authenticator_(store_, failed_, &Now),
        rate_limits_(&Now),
        in_flight_(10),
        admission_(authenticator_, store_, admin_key_, rate_limits_, in_flight_,
                   {}),
        calls_(admission_, &Now, timeouts_, observer_),
        service_(calls_, store_, entropy_, ids_, &Now, WebhookRules{}),
        methods_(observer_),
        key_(MakeApiKey(entropy_)) {
    grpc::ServerBuilder builder;
    service_.AddTo(methods_);
    builder.RegisterCallbackGenericService(&methods_);
    server_ = builder.BuildAndStart();
    stub_ = v1::WebhookService::NewStub(server_->InProcessChannel({}));
    const testing::ProjectAndKey made = testing::MakeProject();
    project_ = made.project.id_project();
    EXPECT_TRUE(
        testing::CreateProject(store_, made.project, made.key, HashApiKey(key_))
            .ok());
  }

  ~WebhookServiceTest() override { server_->Shutdown(); }

  // 2024-10-01T12:00:00.123456Z
  static absl::Time Now() { return absl::FromUnixMicros(1727784000123456); }

  void AddKey(grpc::ClientContext& context) {
    context.AddMetadata("x-api-key", key_);
  }

  grpc::Status Create(const v1::CreateWebhookRequest& request,
                      v1::Webhook* webhook) {
    grpc::ClientContext context;
    AddKey(context);
    return stub_->Create(&context, request, webhook);
  }

  // Sends and gets bytes.
  grpc::Status CreateRaw(const std::string& request, std::string& answer) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(
        server_->InProcessChannel({}));
    const grpc::Slice slice(request);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer got;
    grpc::ClientContext context;
    AddKey(context);
    Pending<grpc::Status> pending;
    stub.UnaryCall(&context, "/webhooks.v1.WebhookService/Create", {}, &sent,
                   &got, pending.Completion());
    const grpc::Status status = pending.Get();
    grpc::Slice whole;
    if (status.ok() && got.DumpToSingleSlice(&whole).ok()) {
      answer.assign(whole.begin(), whole.end());
    }
    return status;
  }

  std::string CreateRaw(const v1::CreateWebhookRequest& request) {
    std::string answer;
    EXPECT_TRUE(CreateRaw(request.SerializeAsString(), answer).ok());
    return answer;
  }

  static std::string ReasonOf(const grpc::Status& status) {
    google::rpc::Status rpc;
    EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
    return Reason(FromRpcStatus(rpc));
  }

  testing::FakeStore store_;
  SystemEntropy entropy_;
  IdMaker ids_{&Now, &Now, entropy_, absl::InfinitePast()};
  FailedKeys failed_;
  Authenticator authenticator_;
  RateLimits rate_limits_;
  CallsInFlight in_flight_;
  AdminKey admin_key_{"wadm_key"};
  ProjectAdmission admission_;
  testing::FakeCallObserver observer_;
  RequestTimeouts timeouts_;
  Calls calls_;
  WebhookService service_;
  Methods methods_;
  const std::string key_;
  std::string project_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::WebhookService::Stub> stub_;
};

v1::CreateWebhookRequest ReferenceRequest() {
  v1::CreateWebhookRequest request;
  request.set_url("https://acme.com/webhook_receiver");
  request.set_description("Webhook to receive connection events");
  request.add_scope("connection.created");
  return request;
}

TEST_F(WebhookServiceTest, CreatesTheWebhookOfTheReference) {
  v1::Webhook webhook;
  ASSERT_TRUE(Create(ReferenceRequest(), &webhook).ok());
  EXPECT_THAT(webhook.id_webhook_endpoint(),
              MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]"
                           "{3}-[0-9a-f]{12}"));
  EXPECT_EQ(webhook.endpoint_description(),
            "Webhook to receive connection events");
  EXPECT_EQ(webhook.url(), "https://acme.com/webhook_receiver");
  EXPECT_THAT(webhook.secret(), MatchesRegex("whsec_[A-Za-z0-9+/]{43}="));
  EXPECT_TRUE(webhook.active());
  EXPECT_THAT(webhook.scope(), ElementsAre("connection.created"));
  EXPECT_EQ(webhook.id_project(), project_);
  EXPECT_EQ(webhook.created_at().seconds(), 1727784000);
  EXPECT_EQ(webhook.created_at().nanos(), 123'000'000);
  EXPECT_TRUE(
      MessageDifferencer::Equals(webhook.created_at(), webhook.last_update()));
}

TEST_F(WebhookServiceTest, LeavesUnsetWhatTheRequestLeavesUnset) {
  v1::Webhook webhook;
  v1::CreateWebhookRequest request;
  request.set_all_events(true);
  ASSERT_TRUE(Create(request, &webhook).ok());
  EXPECT_FALSE(webhook.has_url());
  EXPECT_FALSE(webhook.has_endpoint_description());
  EXPECT_TRUE(webhook.scope().empty());
}

// A gateway of a version without all_events sends a scope of null like this.
TEST_F(WebhookServiceTest, TakesAnEmptyScopeOfAGatewayForEveryType) {
  v1::CreateWebhookRequest request;
  request.set_request_id("once");
  v1::Webhook made;
  for (int i = 0; i < 2; ++i) {
    grpc::ClientContext context;
    AddKey(context);
    context.AddMetadata("x-client-address", "192.0.2.7");
    v1::Webhook webhook;
    ASSERT_TRUE(stub_->Create(&context, request, &webhook).ok());
    EXPECT_TRUE(webhook.scope().empty());
    if (i == 0) made = webhook;
    EXPECT_TRUE(MessageDifferencer::Equals(webhook, made));
  }
  EXPECT_EQ(ReasonOf(Create(v1::CreateWebhookRequest(), &made)),
            "INVALID_SCOPE");
}

TEST_F(WebhookServiceTest, GetsWhatItCreated) {
  v1::Webhook created;
  ASSERT_TRUE(Create(ReferenceRequest(), &created).ok());
  grpc::ClientContext context;
  AddKey(context);
  v1::GetWebhookRequest request;
  request.set_id(created.id_webhook_endpoint());
  v1::Webhook read;
  ASSERT_TRUE(stub_->Get(&context, request, &read).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(read, created));
}

TEST_F(WebhookServiceTest, RefusesABadRequestAndStoresNothing) {
  v1::CreateWebhookRequest request = ReferenceRequest();
  request.set_url("http://acme.com");
  v1::Webhook webhook;
  const grpc::Status status = Create(request, &webhook);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "INVALID_URL");
}

TEST_F(WebhookServiceTest, ReturnsErrorsOfTheStore) {
  v1::Webhook webhook;
  ASSERT_TRUE(Create(ReferenceRequest(), &webhook).ok());  // the key is known
  store_.FailWith(StorageFull());
  const grpc::Status status = Create(ReferenceRequest(), &webhook);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "STORAGE_FULL");
}

TEST_F(WebhookServiceTest, RepeatsAnAnswerByteForByte) {
  v1::CreateWebhookRequest request = ReferenceRequest();
  request.set_request_id("once");
  for (int i = 0; i < 20; ++i) {
    (*request.mutable_delivery()->mutable_headers())[absl::StrCat("h", i)] =
        "x";
  }
  const std::string first = CreateRaw(request);
  v1::Webhook webhook;
  ASSERT_TRUE(webhook.ParseFromString(first));
  EXPECT_EQ(webhook.delivery().headers_size(), 20);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CreateRaw(request), first);
}

// Simulates a restart without --allow_http_urls.
TEST_F(WebhookServiceTest, RepeatsAnAnswerWhoseUrlIsNowRefused) {
  WebhookService before(calls_, store_, entropy_, ids_, &Now,
                        WebhookRules{.allow_http_urls = true});
  grpc::ServerBuilder builder;
  Methods methods(observer_);
  before.AddTo(methods);
  builder.RegisterCallbackGenericService(&methods);
  const auto server = builder.BuildAndStart();
  const auto stub = v1::WebhookService::NewStub(server->InProcessChannel({}));
  v1::CreateWebhookRequest request = ReferenceRequest();
  request.set_url("http://acme.com");
  request.set_request_id("once");
  grpc::ClientContext context;
  AddKey(context);
  v1::Webhook first;
  ASSERT_TRUE(stub->Create(&context, request, &first).ok());
  server->Shutdown();
  v1::Webhook second;
  ASSERT_TRUE(Create(request, &second).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(second, first));
  request.set_request_id("another");
  EXPECT_EQ(ReasonOf(Create(request, &second)), "INVALID_URL");
}

TEST_F(WebhookServiceTest, RefusesACallWithoutAKey) {
  grpc::ClientContext context;
  v1::Webhook webhook;
  const grpc::Status status =
      stub_->Create(&context, ReferenceRequest(), &webhook);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "API_KEY_MISSING");
}

TEST_F(WebhookServiceTest, RefusesACallWithTwoKeys) {
  grpc::ClientContext context;
  AddKey(context);
  AddKey(context);
  v1::Webhook webhook;
  const grpc::Status status =
      stub_->Create(&context, ReferenceRequest(), &webhook);
  EXPECT_EQ(ReasonOf(status), "API_KEY_MISSING");
}

TEST_F(WebhookServiceTest, RefusesAnUnknownKeyBeforeItChecksTheRequest) {
  grpc::ClientContext context;
  context.AddMetadata("x-api-key", MakeApiKey(entropy_));
  v1::CreateWebhookRequest request = ReferenceRequest();
  request.set_url("nonsense");
  v1::Webhook webhook;
  const grpc::Status status = stub_->Create(&context, request, &webhook);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(ReasonOf(status), "API_KEY_INVALID");
}

TEST_F(WebhookServiceTest, RefusesAMessageThatCannotBeRead) {
  std::string answer;
  const grpc::Status status = CreateRaw("\x0a\xff", answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MALFORMED_MESSAGE");
}

TEST_F(WebhookServiceTest, ReturnsTheProjectOfAKey) {
  grpc::ClientContext context;
  AddKey(context);
  v1::CheckKeyResponse answer;
  ASSERT_TRUE(stub_->CheckKey(&context, {}, &answer).ok());
  EXPECT_EQ(answer.id_project(), project_);
}

TEST_F(WebhookServiceTest, ReturnsNoProjectWithoutAKey) {
  grpc::ClientContext context;
  v1::CheckKeyResponse answer;
  const grpc::Status status = stub_->CheckKey(&context, {}, &answer);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(WebhookServiceTest, ReturnsTheRequestIdAndTheProject) {
  grpc::ClientContext context;
  AddKey(context);
  context.AddMetadata("x-request-id", "order-7");
  v1::Webhook webhook;
  ASSERT_TRUE(stub_->Create(&context, ReferenceRequest(), &webhook).ok());
  const auto& metadata = context.GetServerInitialMetadata();
  ASSERT_EQ(metadata.count("x-request-id"), 1u);
  EXPECT_EQ(metadata.find("x-request-id")->second, "order-7");
  ASSERT_EQ(metadata.count("x-project-id"), 1u);
  EXPECT_EQ(metadata.find("x-project-id")->second, project_);
}

}  // namespace
}  // namespace webhooks::server

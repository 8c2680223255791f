#include "server/services/admin_service.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/call/admission.h"
#include "server/call/api_key.h"
#include "tests/support/fake_call_observer.h"
#include "tests/support/fake_store.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"
#include "webhooks/v1/admin_service.grpc.pb.h"

namespace webhooks::server {
namespace {

using testing::IsOk;

// The service behind a real gRPC server, called through a channel in memory.
class AdminServiceTest : public ::testing::Test {
 protected:
  AdminServiceTest()
      : key_(MakeAdminKey(entropy_)),
        failed_([this] { return now_; }),
        admin_key_(key_),
        admission_(admin_key_, failed_),
        authenticator_(store_, failed_, [this] { return now_; }),
        calls_(
            admission_, [this] { return now_; }, timeouts_, observer_),
        service_(calls_, store_, store_, authenticator_, entropy_, ids_,
                 [this] { return now_; }),
        methods_(observer_) {
    grpc::ServerBuilder builder;
    service_.AddTo(methods_);
    builder.RegisterCallbackGenericService(&methods_);
    server_ = builder.BuildAndStart();
    stub_ = v1::AdminService::NewStub(server_->InProcessChannel({}));
    StoreProject();
  }

  ~AdminServiceTest() override { server_->Shutdown(); }

  // Stores the project, even again after its deletion.
  void StoreProject() {
    EXPECT_THAT(
        testing::CreateProject(store_, made_.project, made_.key, made_.hash),
        IsOk());
  }

  grpc::Status CreateKey(const v1::CreateApiKeyRequest& request,
                         v1::CreateApiKeyResponse* answer) {
    grpc::ClientContext context;
    context.AddMetadata("x-api-key", key_);
    return stub_->CreateApiKey(&context, request, answer);
  }

  static std::vector<std::string> FieldsOf(const grpc::Status& status) {
    google::rpc::Status rpc;
    EXPECT_TRUE(rpc.ParseFromString(status.error_details()));
    const google::rpc::BadRequest found = ViolationsOf(FromRpcStatus(rpc));
    std::vector<std::string> fields;
    for (const auto& violation : found.field_violations()) {
      fields.push_back(violation.field());
    }
    return fields;
  }

  v1::CreateApiKeyRequest KeyRequest(const std::string& request_id) {
    v1::CreateApiKeyRequest request;
    request.set_id_project(made_.project.id_project());
    request.set_name("ci");
    request.set_request_id(request_id);
    return request;
  }

  absl::Time now_ = absl::FromUnixSeconds(1800000000);
  const testing::ProjectAndKey made_ = testing::MakeProject();
  testing::FakeStore store_;
  SystemEntropy entropy_;
  IdMaker ids_{[this] { return now_; }, [this] { return now_; }, entropy_,
               absl::InfinitePast()};
  const std::string key_;
  FailedKeys failed_;
  const AdminKey admin_key_;
  AdminAdmission admission_;
  Authenticator authenticator_;
  testing::FakeCallObserver observer_;
  RequestTimeouts timeouts_;
  Calls calls_;
  AdminService service_;
  Methods methods_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::AdminService::Stub> stub_;
};

TEST_F(AdminServiceTest, DeletesStoredAnswersWithTheirProject) {
  v1::CreateApiKeyResponse first;
  ASSERT_TRUE(CreateKey(KeyRequest("once"), &first).ok());
  const auto deleted = Await<v1::Project>([&](auto done) {
    store_.DeleteProject(made_.project.id_project(), now_, {}, done);
  });
  ASSERT_THAT(deleted, IsOk());
  StoreProject();
  v1::CreateApiKeyResponse second;
  ASSERT_TRUE(CreateKey(KeyRequest("once"), &second).ok());
  EXPECT_NE(second.key(), first.key());
}

TEST_F(AdminServiceTest, ListsTheServersOfTheStore) {
  grpc::ClientContext context;
  context.AddMetadata("x-api-key", key_);
  v1::ListServersResponse servers;
  ASSERT_TRUE(stub_->ListServers(&context, {}, &servers).ok());
  ASSERT_EQ(servers.servers_size(), 1);
  EXPECT_TRUE(servers.servers(0).delivers());
}

TEST_F(AdminServiceTest, RefusesARevokedKeyAtOnce) {
  v1::CreateApiKeyResponse made;
  ASSERT_TRUE(CreateKey(KeyRequest(""), &made).ok());
  const auto authenticate = [&] {
    return Await<Access>([&](auto done) {
      authenticator_.Authenticate(made.key(), "192.0.2.1", {}, done);
    });
  };
  // Makes the authenticator remember the key.
  ASSERT_THAT(authenticate(), IsOk());
  grpc::ClientContext context;
  context.AddMetadata("x-api-key", key_);
  v1::RevokeApiKeyRequest request;
  request.set_id(made.api_key().id_api_key());
  v1::ApiKey revoked;
  ASSERT_TRUE(stub_->RevokeApiKey(&context, request, &revoked).ok());
  EXPECT_THAT(authenticate(),
              testing::StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(AdminServiceTest, RepeatsAnAnswerWhoseKeyHasExpired) {
  v1::CreateApiKeyRequest request = KeyRequest("once");
  *request.mutable_expires_at() = ToTimestamp(now_ + absl::Hours(1));
  v1::CreateApiKeyResponse first;
  ASSERT_TRUE(CreateKey(request, &first).ok());
  now_ += absl::Hours(2);
  v1::CreateApiKeyResponse second;
  ASSERT_TRUE(CreateKey(request, &second).ok());
  EXPECT_EQ(second.key(), first.key());
}

TEST_F(AdminServiceTest, RefusesAKeyThatWouldHaveExpired) {
  for (const char* const request_id : {"", "once"}) {
    v1::CreateApiKeyRequest request = KeyRequest(request_id);
    *request.mutable_expires_at() = ToTimestamp(now_);
    v1::CreateApiKeyResponse answer;
    const grpc::Status status = CreateKey(request, &answer);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(FieldsOf(status), std::vector<std::string>{"expires_at"});
  }
}

TEST_F(AdminServiceTest, ReportsEveryViolationOfARepeatToo) {
  v1::CreateApiKeyRequest request = KeyRequest("once");
  request.clear_name();
  *request.mutable_expires_at() = ToTimestamp(now_);
  v1::CreateApiKeyResponse answer;
  EXPECT_EQ(FieldsOf(CreateKey(request, &answer)),
            (std::vector<std::string>{"name", "expires_at"}));
}

}  // namespace
}  // namespace webhooks::server

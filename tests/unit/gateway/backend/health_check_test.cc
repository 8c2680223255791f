#include "gateway/backend/health_check.h"

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace webhooks::gateway {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

constexpr absl::Duration kTimeout = absl::Seconds(30);

class Health final : public grpc::health::v1::Health::Service {
 public:
  grpc::Status Check(grpc::ServerContext* context, const HealthCheckRequest*,
                     HealthCheckResponse* response) override {
    while (hangs && !context->IsCancelled()) std::this_thread::yield();
    response->set_status(status);
    return grpc::Status::OK;
  }

  std::atomic<bool> hangs = false;
  std::atomic<HealthCheckResponse::ServingStatus> status =
      HealthCheckResponse::SERVING;
};

class HealthCheckTest : public ::testing::Test {
 protected:
  void Start() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(target_, grpc::InsecureServerCredentials());
    builder.RegisterService(&health_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  absl::Status Check(absl::Duration timeout = kTimeout) {
    return CheckHealth(target_, nullptr, "", timeout);
  }

  const testing::TempFolder folder_;
  const std::string target_ = "unix:" + folder_.Path("socket");
  Health health_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(HealthCheckTest, IsOkForAServerThatServes) {
  Start();
  EXPECT_TRUE(Check().ok()) << Check();
}

TEST_F(HealthCheckTest, IsAnErrorForAServerThatDoesNotServe) {
  Start();
  health_.status = HealthCheckResponse::NOT_SERVING;
  EXPECT_EQ(Check().code(), absl::StatusCode::kUnavailable);
}

TEST_F(HealthCheckTest, HasTheReasonIfThereIsNoServer) {
  const absl::Status status = Check();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("No such file or directory"));
}

TEST_F(HealthCheckTest, EndsAtItsTimeout) {
  Start();
  health_.hangs = true;
  EXPECT_EQ(Check(absl::Milliseconds(50)).code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace webhooks::gateway

#include "gateway/backend/grpc_backend.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "grpc/grpc.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "server/runtime/log.h"
#include "tests/support/eventually.h"
#include "tests/support/temp_folder.h"

namespace webhooks::gateway {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::Contains;
using ::testing::MatchesRegex;
using ::testing::Pair;

constexpr absl::Duration kTestTimeout = absl::Seconds(10);

// A server whose answer depends on the requested service: "held" is answered
// when it is cancelled, "missing" is NOT_FOUND with details, the answer to
// "large" is larger than a message may be, others are SERVING.
class FakeHealth : public grpc::health::v1::Health::CallbackService {
 public:
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const HealthCheckRequest* request,
                                  HealthCheckResponse* response) override {
    if (request->service() == "held") return new HeldReactor(held_);
    auto* reactor = context->DefaultReactor();
    context->AddInitialMetadata("x-project-id", "p1");
    for (const auto& [key, value] : context->client_metadata()) {
      if (key == "x-api-key") key_.assign(value.data(), value.size());
    }
    response->set_status(HealthCheckResponse::SERVING);
    if (request->service() == "large") {
      response->GetReflection()
          ->MutableUnknownFields(response)
          ->AddLengthDelimited(9, std::string(9 << 20, 'x'));
    }
    reactor->Finish(request->service() == "missing" ? Missing()
                                                    : grpc::Status::OK);
    return reactor;
  }

  bool AwaitHeld() {
    return held_.WaitForNotificationWithTimeout(kTestTimeout);
  }
  const std::string& key() const { return key_; }

 private:
  class HeldReactor : public grpc::ServerUnaryReactor {
   public:
    explicit HeldReactor(absl::Notification& held) { held.Notify(); }
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }
  };

  static grpc::Status Missing() {
    const absl::Status status =
        WithReason(absl::NotFoundError("no"), "WEBHOOK_NOT_FOUND");
    return {grpc::StatusCode::NOT_FOUND, "no",
            ToRpcStatus(status).SerializeAsString()};
  }

  absl::Notification held_;
  std::string key_;
};

// Returns the number of gRPC's threads that run callbacks.
int CountGrpcThreads() {
  int count = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task")) {
    if (testing::ReadFile(task.path() / "comm") == "nexting_thread\n") ++count;
  }
  return count;
}

class GrpcBackendTest : public ::testing::Test {
 protected:
  // Initializes gRPC, as BeginProcess does.
  static void SetUpTestSuite() { grpc_init(); }

  void StartServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(target_, grpc::InsecureServerCredentials());
    builder.RegisterService(&health_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  void StopServer() {
    server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
  }

  void TearDown() override {
    backend_.reset();
    if (server_ != nullptr) StopServer();
  }

  GrpcBackend& Connect(int connections = 1, absl::Duration reconnect_timeout =
                                                absl::Milliseconds(20)) {
    backend_.emplace(target_, connections, nullptr, "", reconnect_timeout);
    return *backend_;
  }

  // A call in progress.
  struct Pending {
    absl::Notification done;
    Backend::Reply reply;
    Backend::Cancel cancel;
  };

  std::unique_ptr<Pending> Start(const std::string& service,
                                 absl::Duration timeout = kTestTimeout) {
    auto pending = std::make_unique<Pending>();
    Backend::Call call;
    call.rpc_path = "/grpc.health.v1.Health/Check";
    call.metadata = {{"x-api-key", "k1"}};
    call.timeout = timeout;
    auto request = std::make_unique<HealthCheckRequest>();
    request->set_service(service);
    call.request = std::move(request);
    call.response = std::make_unique<HealthCheckResponse>();
    pending->cancel = backend_->Start(
        std::move(call), [p = pending.get()](Backend::Reply reply) {
          p->reply = std::move(reply);
          p->done.Notify();
        });
    return pending;
  }

  // Returns true if a call on each of the connections, which take turns,
  // succeeds at last.
  bool Recovers(int connections = 1) {
    const absl::Time give_up = absl::Now() + kTestTimeout;
    int in_a_row = 0;
    while (in_a_row < connections && absl::Now() < give_up) {
      in_a_row = Finish(*Start("")).status.ok() ? in_a_row + 1 : 0;
    }
    return in_a_row == connections;
  }

  Backend::Reply Finish(Pending& pending) {
    EXPECT_TRUE(pending.done.WaitForNotificationWithTimeout(kTestTimeout));
    return std::move(pending.reply);
  }

  // A Unix socket, because another process could take a port while no server
  // has it.
  const testing::TempFolder folder_;
  const std::string target_ = "unix:" + folder_.Path("socket");
  FakeHealth health_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<GrpcBackend> backend_;
};

TEST_F(GrpcBackendTest, SendsAMessageAndReadsTheAnswer) {
  StartServer();
  Connect(/*connections=*/2, kTestTimeout);
  for (int i = 0; i < 4; ++i) {
    const Backend::Reply reply = Finish(*Start(""));
    ASSERT_TRUE(reply.status.ok()) << reply.status;
    EXPECT_EQ(static_cast<const HealthCheckResponse&>(*reply.response).status(),
              HealthCheckResponse::SERVING);
    EXPECT_THAT(reply.metadata, Contains(Pair("x-project-id", "p1")));
    EXPECT_EQ(health_.key(), "k1");
  }
}

TEST_F(GrpcBackendTest, ReadsTheDetailsOfAnError) {
  StartServer();
  Connect(/*connections=*/1, kTestTimeout);
  const Backend::Reply reply = Finish(*Start("missing"));
  EXPECT_EQ(reply.status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Reason(reply.status), "WEBHOOK_NOT_FOUND");
}

TEST_F(GrpcBackendTest, EndsACallAtItsDeadline) {
  StartServer();
  Connect(/*connections=*/1, kTestTimeout);
  const Backend::Reply reply = Finish(*Start("held", absl::Milliseconds(50)));
  EXPECT_EQ(reply.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Reason(reply.status), "DEADLINE_EXCEEDED");
}

TEST_F(GrpcBackendTest, EndsACallThatIsCancelled) {
  StartServer();
  Connect(/*connections=*/1, kTestTimeout);
  const auto pending = Start("held");
  ASSERT_TRUE(health_.AwaitHeld());
  pending->cancel();
  EXPECT_EQ(Finish(*pending).status.code(), absl::StatusCode::kCancelled);
  pending->cancel();  // too late, and harmless
}

TEST_F(GrpcBackendTest, RefusesAnAnswerThatIsTooLong) {
  StartServer();
  Connect(/*connections=*/1, kTestTimeout);
  EXPECT_EQ(Finish(*Start("large")).status.code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(GrpcBackendTest, WaitsForAServerThatRestarts) {
  StartServer();
  StopServer();
  Connect(/*connections=*/1, /*reconnect_timeout=*/kTestTimeout);
  const auto pending = Start("");
  StartServer();
  EXPECT_TRUE(Finish(*pending).status.ok());
}

TEST_F(GrpcBackendTest, DoesNotWaitForALostServer) {
  StartServer();
  StopServer();
  Connect(/*connections=*/2, /*reconnect_timeout=*/absl::Seconds(1));
  Finish(*Start(""));
  const absl::Time begin = absl::Now();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Reason(Finish(*Start("")).status), "SERVER_UNREACHABLE");
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
}

TEST_F(GrpcBackendTest, EndsAWaitThatIsCancelled) {
  StartServer();
  StopServer();
  Connect(/*connections=*/1, /*reconnect_timeout=*/kTestTimeout);
  const auto pending = Start("");
  pending->cancel();
  EXPECT_EQ(Finish(*pending).status.code(), absl::StatusCode::kCancelled);
}

TEST_F(GrpcBackendTest, ReportsACallThatAStopEndsAsInterrupted) {
  StartServer();
  Connect();
  const auto pending = Start("held");
  ASSERT_TRUE(health_.AwaitHeld());
  StopServer();
  const Backend::Reply reply = Finish(*pending);
  EXPECT_EQ(reply.status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(GrpcBackendTest, FailsWithoutAServerAndRecoversByItself) {
  StartServer();
  StopServer();
  Connect();
  const Backend::Reply reply = Finish(*Start(""));
  EXPECT_EQ(reply.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(reply.status), "SERVER_UNREACHABLE");

  StartServer();
  EXPECT_TRUE(Recovers());
}

// gRPC's threads end with the last channel, so none of them may release it.
TEST_F(GrpcBackendTest, ReleasesGrpcObjectsWhenACallEnds) {
  Connect();
  const auto pending = Start("");
  Finish(*pending);
  EXPECT_GT(CountGrpcThreads(), 0);
  backend_.reset();
  EXPECT_TRUE(testing::Eventually([] { return CountGrpcThreads() == 0; }));
}

TEST_F(GrpcBackendTest, LogsALostServerOnceAndItsReturnOnce) {
  StartServer();
  StopServer();
  Connect(/*connections=*/2);
  ::testing::internal::CaptureStdout();
  for (int i = 0; i < 6; ++i) Finish(*Start(""));
  StartServer();
  EXPECT_TRUE(Recovers(/*connections=*/2));
  EXPECT_EQ(Finish(*Start("missing")).status.code(),
            absl::StatusCode::kNotFound);
  FlushLog();
  EXPECT_THAT(::testing::internal::GetCapturedStdout(),
              MatchesRegex("[^\n]* warning cannot reach the server "
                           "target=unix:[^\n]+/socket "
                           "cause=[^\n]*No such file or directory[^\n]*\n"
                           "[^\n]* info server reached again "
                           "target=unix:[^\n]+/socket\n"));
}

}  // namespace
}  // namespace webhooks::gateway

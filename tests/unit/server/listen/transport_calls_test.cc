#include "server/listen/transport_calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"
#include "tests/support/eventually.h"

namespace webhooks::server {
namespace {

// Answers calls only once the test allows it.
class HoldingService final : public grpc::CallbackGenericService {
 public:
  // Waits until `count` calls have started, and returns the peer of the last.
  std::string AwaitCalls(std::size_t count) {
    const auto enough = [&] {
      mutex_.AssertHeld();
      return calls_.size() >= count;
    };
    absl::MutexLock lock(&mutex_, absl::Condition(&enough));
    return peer_;
  }

  void End() {
    absl::MutexLock lock(&mutex_);
    for (Call* call : calls_) call->Finish(grpc::Status::OK);
  }

 private:
  struct Call final : grpc::ServerGenericBidiReactor {
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    absl::MutexLock lock(&mutex_);
    peer_ = context->peer();
    return calls_.emplace_back(new Call);
  }

  absl::Mutex mutex_;
  std::string peer_ ABSL_GUARDED_BY(mutex_);
  std::vector<Call*> calls_ ABSL_GUARDED_BY(mutex_);
};

std::int64_t IdOf(const std::vector<Transport>& transports,
                  const std::string& peer) {
  const auto found =
      std::find_if(transports.begin(), transports.end(),
                   [&](const auto& one) { return one.peer == peer; });
  return found == transports.end() ? 0 : found->id;
}

// gRPC releases a call a moment after its client has the answer, without
// notice.
bool HasNoneSoon(std::int64_t id) {
  return testing::Eventually([id] { return CountOpenCalls(id) == 0; });
}

TEST(TransportCalls, CountsTheOpenCallsOfAConnection) {
  HoldingService service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  grpc::GenericStub stub(grpc::CreateChannel(
      absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  struct Sent {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer answer;
    absl::Notification done;
  };
  std::vector<std::unique_ptr<Sent>> calls;
  const grpc::Slice request("a");
  for (int i = 0; i < 3; ++i) {
    Sent& call = *calls.emplace_back(std::make_unique<Sent>());
    call.request = grpc::ByteBuffer(&request, 1);
    stub.UnaryCall(&call.context, "/a.B/C", {}, &call.request, &call.answer,
                   [&call](const grpc::Status&) { call.done.Notify(); });
  }
  const std::string peer = service.AwaitCalls(3);
  const std::int64_t id = IdOf(ListTransports(0), peer);
  EXPECT_GT(id, 0);
  EXPECT_EQ(CountOpenCalls(id), 3);
  EXPECT_EQ(IdOf(ListTransports(id - 1), peer), id);
  EXPECT_EQ(IdOf(ListTransports(id), peer), 0);

  calls[0]->context.TryCancel();
  service.End();
  for (const auto& call : calls) call->done.WaitForNotification();
  EXPECT_TRUE(HasNoneSoon(id));
  server->Shutdown();
}

TEST(TransportCalls, AnEndedConnectionHasNone) {
  EXPECT_EQ(CountOpenCalls(0), 0);
  EXPECT_EQ(CountOpenCalls(1'000'000'000), 0);
}

}  // namespace
}  // namespace webhooks::server

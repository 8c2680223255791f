#include "server/services/reflection_service.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "gtest/gtest.h"
#include "tests/support/fake_call_observer.h"

namespace webhooks::server {
namespace {

using ::grpc::reflection::v1::ServerReflection;
using ::grpc::reflection::v1::ServerReflectionRequest;
using ::grpc::reflection::v1::ServerReflectionResponse;

class ReflectionTest : public ::testing::Test {
 protected:
  ReflectionTest()
      : service_(
            MakeReflectionV1({"webhooks.v1.WebhookService"}, observer_, 2)),
        methods_(observer_) {
    grpc::ServerBuilder builder;
    service_->AddTo(methods_);
    builder.RegisterCallbackGenericService(&methods_);
    server_ = builder.BuildAndStart();
    stub_ = ServerReflection::NewStub(server_->InProcessChannel({}));
    stream_ = stub_->ServerReflectionInfo(&context_);
  }

  ~ReflectionTest() override {
    stream_->WritesDone();
    EXPECT_EQ(stream_->Finish().error_code(), expected_end_);
    server_->Shutdown();
  }

  ServerReflectionResponse Ask(const ServerReflectionRequest& request) {
    ServerReflectionResponse response;
    EXPECT_TRUE(stream_->Write(request));
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  grpc::StatusCode expected_end_ = grpc::StatusCode::OK;
  testing::FakeCallObserver observer_;
  std::unique_ptr<StoppableService> service_;
  Methods methods_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ServerReflection::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<ServerReflectionRequest,
                                           ServerReflectionResponse>>
      stream_;
};

TEST_F(ReflectionTest, ListsTheServices) {
  ServerReflectionRequest request;
  request.set_list_services("");
  const auto response = Ask(request);
  ASSERT_EQ(response.list_services_response().service_size(), 1);
  EXPECT_EQ(response.list_services_response().service(0).name(),
            "webhooks.v1.WebhookService");
}

TEST_F(ReflectionTest, ReturnsASymbolsFileAfterItsImports) {
  ServerReflectionRequest request;
  request.set_file_containing_symbol("webhooks.v1.WebhookService.Create");
  const auto response = Ask(request);
  const auto& files = response.file_descriptor_response();
  ASSERT_GT(files.file_descriptor_proto_size(), 1);
  google::protobuf::FileDescriptorProto last;
  ASSERT_TRUE(last.ParseFromString(
      files.file_descriptor_proto(files.file_descriptor_proto_size() - 1)));
  EXPECT_EQ(last.name(), "webhooks/v1/webhook_service.proto");
}

TEST_F(ReflectionTest, ReturnsAFileByItsName) {
  ServerReflectionRequest request;
  request.set_file_by_filename("webhooks/v1/webhook.proto");
  EXPECT_TRUE(Ask(request).has_file_descriptor_response());
}

TEST_F(ReflectionTest, FindsExtensions) {
  ServerReflectionRequest request;
  request.mutable_file_containing_extension()->set_containing_type(
      "google.protobuf.MethodOptions");
  request.mutable_file_containing_extension()->set_extension_number(50101);
  EXPECT_TRUE(Ask(request).has_file_descriptor_response());
  request.set_all_extension_numbers_of_type("google.protobuf.MethodOptions");
  EXPECT_THAT(Ask(request).all_extension_numbers_response().extension_number(),
              ::testing::Contains(50101));
}

TEST_F(ReflectionTest, EndsItsStreamsWhenTheServerStops) {
  ServerReflectionRequest request;
  request.set_list_services("");
  Ask(request);
  service_->Stop();
  ServerReflectionResponse response;
  EXPECT_FALSE(stream_->Read(&response));
  expected_end_ = grpc::StatusCode::UNAVAILABLE;
}

TEST_F(ReflectionTest, LimitsTheStreamsOfAClient) {
  ServerReflectionRequest request;
  request.set_list_services("");
  Ask(request);
  grpc::ClientContext contexts[2];
  const auto second = stub_->ServerReflectionInfo(&contexts[0]);
  ServerReflectionResponse response;
  EXPECT_TRUE(second->Write(request));
  EXPECT_TRUE(second->Read(&response));
  const auto third = stub_->ServerReflectionInfo(&contexts[1]);
  EXPECT_EQ(third->Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  second->WritesDone();
  EXPECT_TRUE(second->Finish().ok());
}

TEST_F(ReflectionTest, ReportsAnUnknownNameAndContinues) {
  ServerReflectionRequest request;
  for (int i = 0; i < 2; ++i) {
    request.set_file_containing_symbol("no.such.Symbol");
    EXPECT_EQ(Ask(request).error_response().error_code(),
              static_cast<int>(grpc::StatusCode::NOT_FOUND));
  }
  request.Clear();
  EXPECT_EQ(Ask(request).error_response().error_code(),
            static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
}

}  // namespace
}  // namespace webhooks::server

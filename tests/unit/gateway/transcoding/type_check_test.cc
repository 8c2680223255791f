#include "gateway/transcoding/type_check.h"

#include "google/protobuf/any.pb.h"
#include "google/protobuf/empty.pb.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/support/transcoding_test.pb.h"

namespace webhooks::gateway {
namespace {

TEST(CheckTypes, AcceptsMessagesThatContainThemselves) {
  EXPECT_TRUE(CheckTypes(test::v1::Everything::descriptor()).ok());
}

TEST(CheckTypes, AcceptsEmpty) {
  EXPECT_TRUE(CheckTypes(google::protobuf::Empty::descriptor()).ok());
}

TEST(CheckTypes, RefusesTypesWithoutTranscoding) {
  for (const auto* type : {google::protobuf::Any::descriptor(),
                           google::protobuf::Struct::descriptor(),
                           google::protobuf::BoolValue::descriptor()}) {
    EXPECT_EQ(CheckTypes(type).code(), absl::StatusCode::kInvalidArgument)
        << type->full_name();
  }
}

// google.rpc.Status has a list of Any.
TEST(CheckTypes, RefusesSuchATypeInAField) {
  EXPECT_EQ(CheckTypes(google::rpc::Status::descriptor()).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace webhooks::gateway

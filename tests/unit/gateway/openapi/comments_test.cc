#include "gateway/openapi/comments.h"

#include "gateway/openapi/descriptors.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using ::testing::StartsWith;

// Returns a file with a message, a field, an enum in the message and its value,
// and a method. The comment of each is its name.
FileDescriptorSet Commented() {
  FileDescriptorSet set;
  FileDescriptorProto& file = *set.add_file();
  file.set_name("a.proto");
  file.set_package("a");
  file.add_message_type()->set_name("M");
  auto& message = *file.mutable_message_type(0);
  message.add_field()->set_name("f");
  message.mutable_field(0)->set_number(1);
  message.mutable_field(0)->set_type(
      google::protobuf::FieldDescriptorProto::TYPE_INT32);
  message.mutable_field(0)->set_label(
      google::protobuf::FieldDescriptorProto::LABEL_OPTIONAL);
  message.add_enum_type()->set_name("E");
  message.mutable_enum_type(0)->add_value()->set_name("V");
  message.mutable_enum_type(0)->mutable_value(0)->set_number(0);
  file.add_service()->set_name("S");
  auto& method = *file.mutable_service(0)->add_method();
  method.set_name("R");
  method.set_input_type(".a.M");
  method.set_output_type(".a.M");
  const auto add = [&](std::initializer_list<int> path, const char* comment) {
    auto& location = *file.mutable_source_code_info()->add_location();
    for (const int part : path) location.add_path(part);
    location.set_leading_comments(comment);
  };
  add({4, 0}, " M\n");
  add({4, 0, 2, 0}, " f\n");
  add({4, 0, 4, 0}, " E\n");
  add({4, 0, 4, 0, 2, 0}, " V\n");
  add({6, 0, 2, 0}, " R, and a\n second line.\n\n Another paragraph.\n");
  return set;
}

TEST(Comments, BelongToElementsOfEveryKind) {
  const FileDescriptorSet set = Commented();
  const auto comments = Comments::Read(set.SerializeAsString());
  ASSERT_TRUE(comments.ok()) << comments.status();
  DescriptorPool pool;
  const auto* file = pool.BuildFile(set.file(0));
  ASSERT_NE(file, nullptr);
  const auto& message = *file->message_type(0);
  EXPECT_EQ(comments->Of(message), "M");
  EXPECT_EQ(comments->Of(*message.field(0)), "f");
  EXPECT_EQ(comments->Of(*message.enum_type(0)), "E");
  EXPECT_EQ(comments->Of(*message.enum_type(0)->value(0)), "V");
  EXPECT_EQ(comments->Of(*file->service(0)), "");
  EXPECT_EQ(comments->Of(*file->service(0)->method(0)),
            "R, and a second line.\n\nAnother paragraph.");
}

TEST(Comments, AreRefusedWithoutSourceInformation) {
  FileDescriptorSet set = Commented();
  set.mutable_file(0)->clear_source_code_info();
  EXPECT_EQ(Comments::Read(set.SerializeAsString()).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Comments::Read("\xff").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Comments, AreThoseOfTheFilesThatHaveThem) {
  FileDescriptorSet set = Commented();
  set.add_file()->set_name("imported.proto");
  const auto comments = Comments::Read(set.SerializeAsString());
  ASSERT_TRUE(comments.ok()) << comments.status();
  EXPECT_THAT(comments->files(), ::testing::ElementsAre("a.proto"));
}

TEST(Comments, OfTheProjectAreEmbedded) {
  const auto comments = Comments::Read(EmbeddedDescriptors());
  ASSERT_TRUE(comments.ok()) << comments.status();
  const auto* webhook = DescriptorPool::generated_pool()->FindMessageTypeByName(
      "webhooks.v1.Webhook");
  EXPECT_THAT(comments->Of(*webhook), StartsWith("An endpoint that"));
}

}  // namespace
}  // namespace webhooks::gateway

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor_database.h"
#include "gtest/gtest.h"

namespace webhooks::v1 {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

// Checks and counts the fields of `message` and of messages declared in it.
void ExpectNamesAreKeys(const Descriptor& message, int& fields) {
  for (int i = 0; i < message.field_count(); ++i) {
    EXPECT_EQ(message.field(i)->json_name(), message.field(i)->name())
        << message.field(i)->full_name();
    ++fields;
  }
  for (int i = 0; i < message.nested_type_count(); ++i) {
    ExpectNamesAreKeys(*message.nested_type(i), fields);
  }
}

TEST(FieldNames, AreTheirJsonKeys) {
  std::vector<std::string> names;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
  int fields = 0;
  for (const std::string& name : names) {
    if (!absl::StartsWith(name, "webhooks/v1/")) continue;
    const FileDescriptor* file =
        DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->message_type_count(); ++i) {
      ExpectNamesAreKeys(*file->message_type(i), fields);
    }
  }
  EXPECT_GT(fields, 10);
}

}  // namespace
}  // namespace webhooks::v1

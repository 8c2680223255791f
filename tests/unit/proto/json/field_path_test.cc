#include "proto/json/field_path.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(FieldPath, IsAsInJson) {
  std::string path;
  AppendMember("a", path);
  AppendMember("b_1", path);
  AppendIndex(3, path);
  AppendKey("a \"key\"", path);
  AppendMember("c d", path);
  AppendMember("", path);
  EXPECT_EQ(path, R"(a.b_1[3]["a \"key\""]["c d"][""])");
}

TEST(FieldPath, DoesNotRepeatLongNames) {
  std::string path;
  AppendMember(std::string(1000, 'x'), path);
  AppendKey(std::string(1000, 'x'), path);
  EXPECT_LT(path.size(), 250u);
}

}  // namespace
}  // namespace webhooks

#include "storage/page_builder.h"

#include <string>

#include "gtest/gtest.h"

namespace webhooks {
namespace {

using Builder = PageBuilder<v1::CertificateBinding>;

v1::CertificateBinding Named(const std::string& name) {
  v1::CertificateBinding binding;
  binding.set_name(name);
  return binding;
}

TEST(PageBuilder, EndsThePageBehindTheLastRecordThatFits) {
  Builder builder({.size = 2});
  for (const char* name : {"a", "b"}) {
    ASSERT_TRUE(builder.MoveTo(name));
    builder.Add(Named(name));
  }
  EXPECT_FALSE(builder.MoveTo("c"));
  const auto page = std::move(builder).Take();
  EXPECT_EQ(page.records.size(), 2u);
  EXPECT_EQ(page.next, "b");
}

TEST(PageBuilder, LeavesTheLastPageWithoutANext) {
  Builder builder({.size = 1});
  ASSERT_TRUE(builder.MoveTo("a"));
  builder.Add(Named("a"));
  EXPECT_EQ(std::move(builder).Take().next, std::nullopt);
}

TEST(PageBuilder, EndsThePageWhenItGrowsLarge) {
  Builder builder({.size = 100});
  ASSERT_TRUE(builder.MoveTo("a"));
  builder.Add(Named(std::string(Builder::kMaxBytes, 'x')));
  EXPECT_FALSE(builder.MoveTo("b"));
}

TEST(PageBuilder, EndsThePageAfterManyRejectedRecords) {
  Builder builder({.size = 100});
  for (int i = 0; i < Builder::kMaxVisited; ++i) {
    ASSERT_TRUE(builder.MoveTo(std::to_string(i)));
  }
  EXPECT_FALSE(builder.MoveTo("next"));
  const auto page = std::move(builder).Take();
  EXPECT_TRUE(page.records.empty());
  EXPECT_EQ(page.next, std::to_string(Builder::kMaxVisited - 1));
}

}  // namespace
}  // namespace webhooks

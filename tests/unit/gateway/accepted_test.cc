#include "gateway/accepted.h"

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

RequestHead With(absl::string_view name, absl::string_view value) {
  RequestHead head;
  head.fields = {{name, value}};
  return head;
}

TEST(AcceptedTest, FindsAFormAmongOthers) {
  EXPECT_TRUE(AcceptsHtml(With("Accept", "text/html,application/xml;q=0.9")));
  EXPECT_TRUE(AcceptsHtml(With("accept", "image/png, Text/HTML;q=0.1")));
  EXPECT_TRUE(AcceptsGzip(With("accept-encoding", "deflate, gzip;q=1.0, br")));
}

TEST(AcceptedTest, AWeightOfZeroRefusesTheForm) {
  EXPECT_FALSE(AcceptsGzip(With("accept-encoding", "gzip;q=0, br")));
  EXPECT_FALSE(AcceptsGzip(With("accept-encoding", "gzip; Q=0.000")));
  EXPECT_FALSE(AcceptsGzip(With("accept-encoding", "gzip;q=x")));
}

TEST(AcceptedTest, WildcardsAndOtherFormsDoNotCount) {
  EXPECT_FALSE(AcceptsHtml(With("accept", "*/*")));
  EXPECT_FALSE(AcceptsHtml(With("accept", "application/json")));
  EXPECT_FALSE(AcceptsHtml(RequestHead()));
  EXPECT_FALSE(AcceptsGzip(With("accept-encoding", "*, gzipped")));
}

}  // namespace
}  // namespace webhooks::gateway

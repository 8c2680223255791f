#include "gateway/backend/channel.h"

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

TEST(IsTarget, AcceptsTargetsThatGrpcResolves) {
  for (const char* target :
       {"127.0.0.1:50051", "localhost:50051", "[::1]:50051", "dns:///a:1",
        "dns:a", "ipv4:127.0.0.1:1,127.0.0.1:2", "ipv6:[::1]:1", "unix:a/b",
        "unix:///a/b", "unix-abstract:a"}) {
    EXPECT_TRUE(IsTarget(target)) << target;
  }
}

TEST(IsTarget, RefusesOtherSchemesAndHostsWithoutAPort) {
  for (const char* target :
       {"", "localhost", "nonsense://x", "nonsense://x:1", "http://a:80",
        "nonsense:x", "unix:", ":50051", "a:", "a:port", "a:65536", "::1:1"}) {
    EXPECT_FALSE(IsTarget(target)) << target;
  }
}

}  // namespace
}  // namespace webhooks::gateway

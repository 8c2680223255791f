#include "server/runtime/peer_scope.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks {
namespace {

using ::testing::HasSubstr;

TEST(PeerScope, OfAListenerFollowsFromItsAddress) {
  for (const char* host : {"127.0.0.1", "127.8.9.1", "localhost"}) {
    const absl::Status good =
        CheckPeerScope("listen", {host, "80"}, PeerScope::kThisMachine, "x");
    EXPECT_TRUE(good.ok()) << good;
  }
  const absl::Status refused = CheckPeerScope("listen", {"0.0.0.0", "80"},
                                              PeerScope::kThisMachine, "a key");
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("--listen: 0.0.0.0:80 can be reached from other "
                        "machines, and needs a key"));
  EXPECT_TRUE(
      CheckPeerScope("listen", {"0.0.0.0", "80"}, PeerScope::kAnywhere, "x")
          .ok());
}

TEST(PeerScope, OfAMalformedHostIsUnknown) {
  const absl::Status unknown =
      CheckPeerScope("listen", {"a b", "80"}, PeerScope::kThisMachine, "x");
  EXPECT_TRUE(absl::IsUnavailable(unknown)) << unknown;
}

TEST(PeerScope, OfATargetFollowsFromItsAddresses) {
  for (const char* target :
       {"127.0.0.1:50051", "[::1]:50051", "localhost:50051", "LOCALHOST:1",
        "unix:/run/webhooks", "unix-abstract:webhooks", "dns:localhost:1",
        "dns:///localhost:1", "dns://192.0.2.1/localhost:1",
        "ipv4:127.0.0.1:1,127.0.0.2:2", "ipv6:[::1]:1"}) {
    EXPECT_TRUE(StaysOnThisMachine(target)) << target;
  }
  for (const char* target :
       {"10.0.0.5:50051", "[2001:db8::1]:50051", "server:50051",
        "localhost.example:1", "dns:server:1", "dns://127.0.0.1/server:1",
        "ipv4:127.0.0.1:1,192.0.2.1:2", "0.0.0.0:1", "127.0.0.1.example:1"}) {
    EXPECT_FALSE(StaysOnThisMachine(target)) << target;
  }
}

}  // namespace
}  // namespace webhooks

#include "server/runtime/client_address.h"

#include <sys/un.h>

#include "gtest/gtest.h"

namespace webhooks {
namespace {

TEST(ClientAddress, IsAnAddressOrANetwork) {
  EXPECT_EQ(ClientAddressOfPeer("ipv4:192.0.2.7:443"), "192.0.2.7");
  EXPECT_EQ(ClientAddressOfPeer("ipv6:%5B2001:db8:1:2:3:4:5:6%5D:443"),
            "2001:db8:1:2::/64");
  EXPECT_EQ(ClientAddressOfPeer("ipv6:[2001:db8::9]:443"), "2001:db8::/64");
  EXPECT_EQ(ClientAddressOfPeer("ipv6:[::ffff:192.0.2.7]:443"), "192.0.2.7");
}

TEST(ClientAddress, IsNothingOfWhatHasNone) {
  sockaddr_un path = {};
  path.sun_family = AF_UNIX;
  EXPECT_EQ(ClientAddress(reinterpret_cast<const sockaddr*>(&path)), "");
  EXPECT_EQ(ClientAddressOfPeer("unix:/run/webhooks"), "");
  EXPECT_EQ(ClientAddressOfPeer("ipv4:nonsense"), "");
  EXPECT_EQ(ClientAddressOfPeer(""), "");
}

TEST(ClientAddress, TellsThisMachineFromOthers) {
  EXPECT_TRUE(IsThisMachine(ClientAddressOfPeer("ipv4:127.0.0.1:1")));
  EXPECT_TRUE(IsThisMachine(ClientAddressOfPeer("ipv6:[::1]:1")));
  EXPECT_TRUE(IsThisMachine(""));
  EXPECT_FALSE(IsThisMachine("192.0.2.7"));
  EXPECT_FALSE(IsThisMachine("2001:db8::/64"));
}

}  // namespace
}  // namespace webhooks

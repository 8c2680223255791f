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

TEST(ClientAddress, IsEmptyWithoutAnAddress) {
  sockaddr_un path = {};
  path.sun_family = AF_UNIX;
  EXPECT_EQ(ClientAddress(reinterpret_cast<const sockaddr*>(&path)), "");
  EXPECT_EQ(ClientAddressOfPeer("unix:/run/webhooks"), "");
}

TEST(ClientAddress, OfALinkHasNoZone) {
  EXPECT_EQ(ClientAddressOfPeer("ipv6:%5Bfe80::1%252%5D:443"), "fe80::/64");
  EXPECT_EQ(ClientAddressOfPeer("ipv6:[fe80::1%eth0]:443"), "fe80::/64");
}

TEST(ClientAddress, OfAnUnknownFormIsNotAUnixSocket) {
  for (const char* peer : {"", "ipv4:nonsense", "ipv6:[x]:1", "unknown"}) {
    EXPECT_NE(ClientAddressOfPeer(peer), "") << peer;
  }
}

TEST(ClientAddress, IsDistinguishedFromOtherText) {
  for (const char* text : {"192.0.2.7", "2001:db8::/64", "::/64"}) {
    EXPECT_TRUE(BytesOfClient(text).has_value()) << text;
  }
  for (const char* text : {"", "192.0.2.7:80", "192.0.2.07", "2001:db8::",
                           "2001:db8::1/64", "/64", "a", "192.0.2.7/64"}) {
    EXPECT_FALSE(BytesOfClient(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace webhooks

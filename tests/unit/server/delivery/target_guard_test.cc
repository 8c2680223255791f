#include "server/delivery/target_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using testing::StatusIs;

// What libcurl hands to the guard for an address in numbers.
bool AllowsSocket(const TargetGuard& guard, const std::string& address) {
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  if (inet_pton(AF_INET, address.c_str(), &ipv4.sin_addr) == 1) {
    return guard.Allows(reinterpret_cast<const sockaddr*>(&ipv4));
  }
  sockaddr_in6 ipv6{};
  ipv6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, address.c_str(), &ipv6.sin6_addr), 1);
  return guard.Allows(reinterpret_cast<const sockaddr*>(&ipv6));
}

class Refused : public ::testing::TestWithParam<const char*> {};
TEST_P(Refused, WhetherAsSocketAddressOrAsText) {
  const TargetGuard guard({});
  EXPECT_FALSE(AllowsSocket(guard, GetParam()));
  EXPECT_FALSE(guard.Allows(std::string(GetParam())));
}
INSTANTIATE_TEST_SUITE_P(
    EveryRange, Refused,
    ::testing::Values("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255",
                      "100.64.0.0", "100.127.255.255", "127.0.0.1",
                      "127.255.255.255", "169.254.0.0", "169.254.169.254",
                      "172.16.0.0", "172.31.255.255", "192.0.0.0",
                      "192.0.0.255", "192.0.2.1", "192.88.99.1", "192.168.0.0",
                      "192.168.255.255", "198.18.0.0", "198.19.255.255",
                      "198.51.100.1", "203.0.113.255", "224.0.0.1",
                      "239.255.255.255", "240.0.0.1", "255.255.255.255",
                      "168.63.129.16", "::", "::1", "::127.0.0.1", "::8.8.8.8",
                      "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
                      "64:ff9b:1::1", "100::1", "2001::1", "2001:0:ffff::",
                      "2001:db8::1", "2002:7f00:1::", "fc00::1", "fdff::1",
                      "fe80::1", "febf::1", "fec0::1", "feff::1", "ff02::1"));

class Allowed : public ::testing::TestWithParam<const char*> {};
TEST_P(Allowed, WhetherAsSocketAddressOrAsText) {
  const TargetGuard guard({});
  EXPECT_TRUE(AllowsSocket(guard, GetParam()));
  EXPECT_TRUE(guard.Allows(std::string(GetParam())));
}
INSTANTIATE_TEST_SUITE_P(
    NextToTheRanges, Allowed,
    ::testing::Values("1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255",
                      "100.128.0.0", "126.255.255.255", "128.0.0.0",
                      "169.253.255.255", "169.255.0.0", "172.15.255.255",
                      "172.32.0.0", "192.0.1.0", "192.167.255.255",
                      "192.169.0.0", "198.17.255.255", "198.20.0.0",
                      "203.0.114.0", "223.255.255.255", "168.63.129.15",
                      "168.63.129.17", "8.8.8.8", "2001:1::1", "2001:db9::1",
                      "2003::1", "2606:4700::1111", "64:ff9b:2::1", "fbff::1"));

TEST(TargetGuard, LetsThroughWhatTheOperatorOpens) {
  const TargetGuard guard(
      {*AddressRange::Parse("10.1.0.0/16"), *AddressRange::Parse("fd00::/8")});
  EXPECT_TRUE(guard.Allows("10.1.2.3"));
  EXPECT_TRUE(guard.Allows("fd12::1"));
  EXPECT_FALSE(guard.Allows("10.2.0.0"));
  EXPECT_FALSE(guard.Allows("fc00::1"));
}

TEST(TargetGuard, RefusesWhatIsNoAddress) {
  const TargetGuard guard({});
  EXPECT_FALSE(guard.Allows("example.com"));
  EXPECT_FALSE(guard.Allows(""));
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(guard.Allows(reinterpret_cast<const sockaddr*>(&local)));
}

TEST(TargetGuard, LooksBehindAScope) {
  const TargetGuard guard({});
  EXPECT_FALSE(guard.Allows("fe80::1%eth0"));
}

class BadRange : public ::testing::TestWithParam<const char*> {};
TEST_P(BadRange, IsRefused) {
  EXPECT_THAT(AddressRange::Parse(GetParam()).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}
INSTANTIATE_TEST_SUITE_P(Every, BadRange,
                         ::testing::Values("", "all", "10.0.0.0/",
                                           "10.0.0.0/33", "10.0.0.0/-1",
                                           "10.0.0.1/8", "::/129", "fd00::1/8",
                                           "10.0.0.0/8/8", "1.2.3"));

}  // namespace
}  // namespace webhooks::server

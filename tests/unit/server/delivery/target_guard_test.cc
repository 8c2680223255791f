#include "server/delivery/target_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>
#include <ostream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace webhooks::server {
namespace {

using testing::IsOk;

bool IsIpv6(const std::string& address) {
  return absl::StrContains(address, ":");
}

// Returns true if the guard lets the address through as a socket address.
bool AllowsSocket(const TargetGuard& guard, const std::string& text) {
  sockaddr_storage storage{};
  if (IsIpv6(text)) {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &address.sin6_addr), 1) << text;
  } else {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &address.sin_addr), 1) << text;
  }
  return guard.Allows(reinterpret_cast<const sockaddr*>(&storage));
}

// Expects the same result for both forms of the address.
void ExpectAllowed(const TargetGuard& guard, const std::string& address,
                   bool allowed) {
  EXPECT_EQ(guard.Allows(address), allowed) << address;
  EXPECT_EQ(AllowsSocket(guard, address), allowed) << address;
}

TargetGuard GuardThatOpens(const std::vector<std::string>& texts) {
  std::vector<AddressRange> ranges;
  for (const std::string& text : texts) {
    const auto range = AddressRange::Parse(text);
    EXPECT_THAT(range, IsOk()) << text;
    if (range.ok()) ranges.push_back(*range);
  }
  return TargetGuard(std::move(ranges));
}

// A refused range, and the addresses before and after it; "" if these are
// refused too, or do not exist.
struct RefusedRange {
  std::string first;
  std::string last;
  std::string before;
  std::string behind;
};

void PrintTo(const RefusedRange& range, std::ostream* out) {
  *out << range.first << " to " << range.last;
}

class RefusedRanges : public ::testing::TestWithParam<RefusedRange> {
 protected:
  const TargetGuard guard_{{}};
};

TEST_P(RefusedRanges, AreRefusedFromTheFirstAddressToTheLast) {
  ExpectAllowed(guard_, GetParam().first, false);
  ExpectAllowed(guard_, GetParam().last, false);
}

TEST_P(RefusedRanges, EndWhereTheyEnd) {
  for (const std::string& beside : {GetParam().before, GetParam().behind}) {
    if (!beside.empty()) ExpectAllowed(guard_, beside, true);
  }
}

TEST_P(RefusedRanges, AreRefusedInEverySpellingOfIpv4WithinIpv6) {
  for (const std::string& address : {GetParam().first, GetParam().last}) {
    if (IsIpv6(address)) continue;
    for (const char* prefix :
         {"::ffff:", "::ffff:0:", "::", "64:ff9b::", "64:ff9b:1::"}) {
      ExpectAllowed(guard_, prefix + address, false);
    }
  }
}

const RefusedRange kIpv4[] = {
    {"0.0.0.0", "0.255.255.255", "", "1.0.0.0"},
    {"10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
    {"100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"},
    {"127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"},
    {"169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"},
    {"172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
    {"192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"},
    {"192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"},
    {"192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"},
    {"192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"},
    {"198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"},
    {"198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"},
    {"203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"},
    {"224.0.0.0", "239.255.255.255", "223.255.255.255", ""},
    {"240.0.0.0", "255.255.255.255", "", ""},
    {"168.63.129.16", "168.63.129.16", "168.63.129.15", "168.63.129.17"},
};

const RefusedRange kIpv6[] = {
    // The unspecified address, loopback and compatible IPv4.
    {"::", "::ffff:ffff", "", "::1:0:0"},
    {"::1", "::1", "", ""},
    // Mapped IPv4.
    {"::ffff:0:0", "::ffff:ffff:ffff", "::fffe:ffff:ffff", "::1:0:0:0"},
    {"::ffff:0:0:0", "::ffff:0:ffff:ffff", "::fffe:ffff:ffff:ffff",
     "::ffff:1:0:0"},
    {"64:ff9b::", "64:ff9b::ffff:ffff", "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff",
     "64:ff9b::1:0:0"},
    {"64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
     "64:ff9b:0:ffff:ffff:ffff:ffff:ffff", "64:ff9b:2::"},
    {"100::", "100::ffff:ffff:ffff:ffff",
     "ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "100:0:0:1::"},
    {"2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
     "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:1::"},
    {"2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
     "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
    {"2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::"},
    {"fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::"},
    {"fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
     "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""},
    {"fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
    {"ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "", ""},
};

INSTANTIATE_TEST_SUITE_P(Ipv4, RefusedRanges, ::testing::ValuesIn(kIpv4));
INSTANTIATE_TEST_SUITE_P(Ipv6, RefusedRanges, ::testing::ValuesIn(kIpv6));

TEST(TargetGuard, AllowsPublicAddresses) {
  const TargetGuard guard({});
  for (const char* address : {"8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"}) {
    ExpectAllowed(guard, address, true);
  }
}

TEST(TargetGuard, RefusesAPublicMappedAddress) {
  const TargetGuard guard({});
  for (const char* address : {"::ffff:8.8.8.8", "::ffff:0:8.8.8.8", "::8.8.8.8",
                              "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    ExpectAllowed(guard, address, false);
  }
}

TEST(TargetGuard, RefusesALinkLocalAddressWithItsZone) {
  EXPECT_FALSE(TargetGuard({}).Allows("fe80::1%eth0"));
  EXPECT_FALSE(TargetGuard({}).Allows("::1%1"));
}

TEST(TargetGuard, RefusesMalformedText) {
  const TargetGuard guard = GuardThatOpens({"0.0.0.0/0", "::/0"});
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4:80", "[::1]",
                           "0x7f.1", "2130706433", "1.2.3.4/32", " 1.2.3.4"}) {
    EXPECT_FALSE(guard.Allows(std::string(text))) << text;
  }
}

TEST(TargetGuard, RefusesHostsThatAlwaysHaveARefusedAddress) {
  const TargetGuard guard({});
  for (const char* host : {"10.1.2.3", "::1", "fd00::1", "localhost",
                           "LocalHost.", "api.localhost"}) {
    EXPECT_FALSE(guard.AllowsHost(host)) << host;
  }
  for (const char* host : {"8.8.8.8", "2600::1", "a.example",
                           "localhost.example", "mylocalhost"}) {
    EXPECT_TRUE(guard.AllowsHost(host)) << host;
  }
}

TEST(TargetGuard, AllowsLocalhostIfALoopbackAddressIsAllowed) {
  for (const char* allowed : {"127.0.0.1", "127.0.0.0/8", "0.0.0.0/0", "::1"}) {
    EXPECT_TRUE(GuardThatOpens({allowed}).AllowsHost("localhost")) << allowed;
  }
  EXPECT_FALSE(GuardThatOpens({"10.0.0.0/8"}).AllowsHost("localhost"));
}

TEST(TargetGuard, RefusesOtherAddressFamilies) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  EXPECT_FALSE(GuardThatOpens({"0.0.0.0/0", "::/0"})
                   .Allows(reinterpret_cast<const sockaddr*>(&address)));
}

TEST(TargetGuard, AllowsAddressesInTheAllowedRanges) {
  const TargetGuard guard =
      GuardThatOpens({"10.1.0.0/16", "127.0.0.1", "fd00::/8"});
  for (const char* address :
       {"10.1.0.0", "10.1.255.255", "127.0.0.1", "fd12::1"}) {
    ExpectAllowed(guard, address, true);
  }
}

TEST(TargetGuard, RefusesAddressesBesideTheAllowedRanges) {
  const TargetGuard guard =
      GuardThatOpens({"10.1.0.0/16", "127.0.0.1", "fd00::/8"});
  for (const char* address : {"10.0.255.255", "10.2.0.0", "127.0.0.0",
                              "127.0.0.2", "fc00::1", "::1", "192.168.0.1"}) {
    ExpectAllowed(guard, address, false);
  }
}

TEST(TargetGuard, AllowsAMappedAddressInTheAllowedRanges) {
  const TargetGuard guard = GuardThatOpens({"127.0.0.1"});
  ExpectAllowed(guard, "::ffff:127.0.0.1", true);
  ExpectAllowed(guard, "::ffff:127.0.0.2", false);
  ExpectAllowed(guard, "::127.0.0.1", false);
}

TEST(TargetGuard, AllowsAllOfIpv4IfThatIsAllowed) {
  const TargetGuard guard = GuardThatOpens({"0.0.0.0/0"});
  ExpectAllowed(guard, "127.0.0.1", true);
  ExpectAllowed(guard, "255.255.255.255", true);
  ExpectAllowed(guard, "::1", false);
}

}  // namespace
}  // namespace webhooks::server

#include "server/services/url_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::Optional;

TEST(UrlRules, AcceptUrlsOfReceivers) {
  for (const std::string& url :
       {std::string("https://acme.com/webhook_receiver"),
        std::string("https://acme.com"), std::string("HTTPS://Acme.COM/"),
        std::string("https://acme.com:8443/a/b?c=d&e=%20f"),
        std::string("https://acme.com:/"), std::string("https://acme.com./"),
        std::string("https://a-b_c.example/"),
        std::string("https://xn--bcher-kva.example/b%C3%BCcher"),
        std::string("https://203.0.113.7/"),
        std::string("https://[2001:db8::7]:443/"),
        std::string("https://[::ffff:203.0.113.7]/"),
        std::string("https://acme.com/;a=b/!$&'()*+,=:@~"),
        absl::StrCat("https://acme.com/", std::string(2031, 'p'))}) {
    EXPECT_EQ(FindUrlProblem(url, UrlSchemes::kHttps), std::nullopt) << url;
  }
}

TEST(UrlRules, RefuseOtherTextThanAnAbsoluteUri) {
  for (const std::string& url : {std::string(),
                                 std::string("acme.com/hook"),
                                 std::string("/hook"),
                                 std::string("//acme.com/hook"),
                                 std::string("https:acme.com"),
                                 std::string("https:/acme.com"),
                                 std::string("https://acme.com/a b"),
                                 std::string("https://acme.com/\x01"),
                                 std::string("https://acme.com\n"),
                                 std::string(" https://acme.com"),
                                 std::string("https://acme.com/a\0", 19),
                                 std::string("https://b\xC3\xBC"
                                             "cher.example/"),
                                 std::string("https://acme.com/b\xC3\xBC"),
                                 std::string("https://acme.com/%"),
                                 std::string("https://acme.com/%2"),
                                 std::string("https://acme.com/%zz"),
                                 std::string("https://acme.com/\\"),
                                 std::string("https://acme.com/<>"),
                                 std::string("https://acme.com/[]"),
                                 std::string("https://acme.com:http/"),
                                 std::string("https://[::1/"),
                                 std::string("https://::1/"),
                                 std::string("https://[::1]x/")}) {
    EXPECT_THAT(FindUrlProblem(url, UrlSchemes::kHttps), Ne(std::nullopt))
        << url;
  }
}

TEST(UrlRules, NameTheCause) {
  const std::pair<std::string, const char*> kCases[] = {
      {" https://acme.com/", "space"},
      {"https://acme.com/a b", "space"},
      {"https://acme.com/\t", "control character"},
      {std::string("https://acme.com/\0", 18), "control character"},
      {"https://acme.com/b\xC3\xBC", "not ASCII: percent-encode"},
      {"https://B\xC3\x9C"
       "cher.example:443/b\xC3\xBC",
       "not ASCII: use the A-label xn--bcher-kva.example"},
      {"https://\xE2\x98\xBA\xFF.example/", "not ASCII: use A-labels"},
      {"https://acme.com/%2", "two hexadecimal digits"},
      {"https://acme.com/%zz", "two hexadecimal digits"},
      {"https://acme.com/a[1]", "brackets"},
      {"https://acme.com/?a[]=1", "brackets"},
      {"https://acme.com/{id}", "holds {"},
      {"https://user:pass@acme.com/", "user name"},
      {"https://[::1]@acme.com/", "user name"},
      {"http://acme.com/", "absolute https URL"},
      {"https://[::1/", "host"},
      {"https://acme.com/#a", "fragment"},
      {"https://acme.com:0/", "port"}};
  for (const auto& [url, cause] : kCases) {
    EXPECT_THAT(FindUrlProblem(url, UrlSchemes::kHttps),
                Optional(HasSubstr(cause)))
        << url;
  }
}

TEST(UrlRules, RefuseOtherSchemes) {
  for (const std::string url :
       {"http://acme.com/", "ftp://acme.com/", "file:///etc/passwd",
        "javascript:alert(1)", "data:text/plain,x", "wss://acme.com/"}) {
    EXPECT_THAT(FindUrlProblem(url, UrlSchemes::kHttps), Ne(std::nullopt))
        << url;
  }
}

TEST(UrlRules, AcceptHttpOnlyIfItIsAllowed) {
  EXPECT_EQ(FindUrlProblem("http://acme.com/", UrlSchemes::kHttpsOrHttp),
            std::nullopt);
  EXPECT_THAT(FindUrlProblem("ftp://acme.com/", UrlSchemes::kHttpsOrHttp),
              Ne(std::nullopt));
}

TEST(UrlRules, RefuseUserInformationAndFragments) {
  for (const std::string url :
       {"https://user@acme.com/", "https://user:password@acme.com/",
        "https://@acme.com/", "https://:@acme.com/", "https://acme.com/#top",
        "https://acme.com#"}) {
    EXPECT_THAT(FindUrlProblem(url, UrlSchemes::kHttps), Ne(std::nullopt))
        << url;
  }
}

TEST(UrlRules, RefuseHostsThatAreNeitherNameNorAddress) {
  for (const std::string& url :
       {std::string("https:///hook"), std::string("https://:443/"),
        std::string("https://./"), std::string("https://a..b/"),
        std::string("https://.acme.com/"), std::string("https://acme%2ecom/"),
        std::string("https://2130706433/"), std::string("https://0x7f.1/"),
        std::string("https://127.1/"), std::string("https://0177.0.0.1/"),
        std::string("https://1.2.3.256/"), std::string("https://a.1/"),
        std::string("https://[v1.x]/"),
        std::string("https://[fe80::1%25eth0]/"), std::string("https://a!b/"),
        absl::StrCat("https://", std::string(64, 'a'), ".example/"),
        absl::StrCat("https://", std::string(63, 'a'), ".",
                     std::string(63, 'b'), ".", std::string(63, 'c'), ".",
                     std::string(63, 'd'), "/")}) {
    EXPECT_THAT(FindUrlProblem(url, UrlSchemes::kHttps), Ne(std::nullopt))
        << url;
  }
}

TEST(UrlRules, RefusePortsThatDoNotExist) {
  for (const std::string url :
       {"https://acme.com:0/", "https://acme.com:65536/",
        "https://acme.com:99999/", "https://acme.com:131073/",
        "https://acme.com:000443/", "https://acme.com:99999999999/",
        "https://acme.com:-1/"}) {
    EXPECT_THAT(FindUrlProblem(url, UrlSchemes::kHttps), Ne(std::nullopt))
        << url;
  }
}

TEST(UrlRules, RefuseMoreThan2048Characters) {
  EXPECT_THAT(
      FindUrlProblem(absl::StrCat("https://acme.com/", std::string(2032, 'p')),
                     UrlSchemes::kHttps),
      Ne(std::nullopt));
}

}  // namespace
}  // namespace webhooks::server

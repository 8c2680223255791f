#include "gateway/http/framing.h"

#include "gateway/errors.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using namespace std::string_literals;  // NOLINT(google-build-using-namespace)

struct Case {
  std::string name;
  std::string block;
};

void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

// Returns a request that is well-formed, except for `fields`.
std::string With(const std::string& fields) {
  return "POST /webhooks HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n";
}

std::string WithLine(const std::string& line) {
  return line + "\r\nHost: a.example\r\n\r\n";
}

std::string WithHost(const std::string& host) {
  return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

class AcceptedFraming : public ::testing::TestWithParam<Case> {};
TEST_P(AcceptedFraming, IsOk) {
  EXPECT_TRUE(CheckFraming(GetParam().block).ok());
}

INSTANTIATE_TEST_SUITE_P(
    Guard, AcceptedFraming,
    ::testing::ValuesIn<Case>({
        {"NoBody", With("")},
        {"ContentLength", With("Content-Length: 12\r\n")},
        {"ContentLengthZero", With("Content-Length: 0\r\n")},
        {"ContentLengthPadded", With("Content-Length: \t 12 \t\r\n")},
        {"Chunked", With("Transfer-Encoding: chunked\r\n")},
        {"ChunkedInUpperCase", With("TRANSFER-ENCODING: CHUNKED\r\n")},
        {"EmptyValue", With("X-Empty:\r\n")},
        {"ValueWithTabAndHighBytes", With("X-A: a\tb\xc3\xa9\r\n")},
        {"EveryTokenCharacter", With("!#$%&'*+-.^_`|~09azAZ: a\r\n")},
        {"RepeatedOtherField", With("X-A: 1\r\nX-A: 2\r\n")},
        {"Http10", WithLine("GET / HTTP/1.0")},
        {"Http10WithoutHost", "GET / HTTP/1.0\r\n\r\n"},
        {"Query", WithLine("GET /a?b=c&d=%20[x]{y}|z?/ HTTP/1.1")},
        {"EscapedPath", WithLine("GET /a%2Fb;c=1,2@:!$&'()*+ HTTP/1.1")},
        {"AbsoluteForm", WithLine("GET http://a.example/b?c HTTP/1.1")},
        {"AbsoluteFormInUpperCase",
         WithLine("GET HTTPS://A.EXAMPLE:443/ HTTP/1.1")},
        {"AbsoluteFormWithoutPath", WithLine("GET http://[::1]?a HTTP/1.1")},
        {"AsteriskForm", WithLine("OPTIONS * HTTP/1.1")},
        {"UnknownMethod", WithLine("FROB-1 / HTTP/1.1")},
        {"HostWithPort", WithHost("a.example:8080")},
        {"HostIPv4", WithHost("127.0.0.1:8080")},
        {"HostIPv6", WithHost("[::1]:8080")},
        {"HostWithEmptyPort", WithHost("a.example:")},
    }),
    NameOf);

class RefusedFraming : public ::testing::TestWithParam<Case> {};
TEST_P(RefusedFraming, IsMalformed) {
  const absl::Status status = CheckFraming(GetParam().block);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(HttpStatus(status), 400);
  EXPECT_EQ(Reason(status), "MALFORMED_REQUEST");
}

TEST(UnknownCoding, IsNotImplemented) {
  for (const char* codings :
       {"identity", "gzip", "gzip, chunked", "chunked, identity", "x,y"}) {
    const absl::Status status = CheckFraming(
        With(absl::StrCat("Transfer-Encoding: ", codings, "\r\n")));
    ASSERT_FALSE(status.ok()) << codings;
    EXPECT_EQ(HttpStatus(status), 501) << codings;
    EXPECT_EQ(Reason(status), "TRANSFER_CODING_UNKNOWN");
  }
}

TEST(UnknownCoding, IsMalformedBesideALength) {
  const absl::Status status =
      CheckFraming(With("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(HttpStatus(status), 400);
}

TEST(Connect, IsNotImplemented) {
  const absl::Status status =
      CheckFraming(WithLine("CONNECT a.example:443 HTTP/1.1"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(HttpStatus(status), 501);
  EXPECT_EQ(Reason(status), "METHOD_UNKNOWN");
}

INSTANTIATE_TEST_SUITE_P(
    Length, RefusedFraming,
    ::testing::ValuesIn<Case>({
        {"LengthAndChunked",
         With("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
        {"ChunkedAndLength",
         With("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")},
        {"TwoLengths", With("Content-Length: 5\r\nContent-Length: 5\r\n")},
        {"TwoLengthsThatDiffer",
         With("Content-Length: 5\r\nContent-Length: 6\r\n")},
        {"LengthList", With("Content-Length: 5, 5\r\n")},
        {"LengthWithPlus", With("Content-Length: +5\r\n")},
        {"LengthNegative", With("Content-Length: -5\r\n")},
        {"LengthInHex", With("Content-Length: 0x5\r\n")},
        {"LengthWithInnerSpace", With("Content-Length: 5 5\r\n")},
        {"LengthEmpty", With("Content-Length:\r\n")},
        {"LengthBeyond63Bits", With("Content-Length: 9223372036854775808\r\n")},
        {"LengthBeyond64Bits",
         With("Content-Length: 18446744073709551621\r\n")},
        {"ChunkedTwice", With("Transfer-Encoding: chunked, chunked\r\n")},
        {"TwoTransferEncodings",
         With("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
        {"ChunkedInQuotes", With("Transfer-Encoding: \"chunked\"\r\n")},
        {"ChunkedWithParameter", With("Transfer-Encoding: chunked;a=b\r\n")},
        {"ChunkedAfterVerticalTab", With("Transfer-Encoding: \x0b"
                                         "chunked\r\n")},
        {"TransferEncodingEmpty", With("Transfer-Encoding:\r\n")},
        {"ChunkedOnHttp10",
         "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(Host, RefusedFraming,
                         ::testing::ValuesIn<Case>({
                             {"Missing", "GET / HTTP/1.1\r\n\r\n"},
                             {"Twice", With("Host: a.example\r\n")},
                             {"TwiceOnHttp10",
                              "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"},
                             {"Empty", WithHost("")},
                             {"List", WithHost("a.example, b.example")},
                             {"WithPath", WithHost("a.example/b")},
                             {"WithUser", WithHost("user@a.example")},
                             {"PortAlone", WithHost(":80")},
                             {"PortNotANumber", WithHost("a.example:http")},
                             {"PortTooLong", WithHost("a.example:808080")},
                             {"TwoPorts", WithHost("a.example:80:80")},
                             {"UnclosedBracket", WithHost("[::1")},
                             {"EmptyBrackets", WithHost("[]")},
                             {"NameInBrackets", WithHost("[a.example]")},
                             {"TextAfterBracket", WithHost("[::1]a")},
                         }),
                         NameOf);

INSTANTIATE_TEST_SUITE_P(
    Field, RefusedFraming,
    ::testing::ValuesIn<Case>({
        {"SpaceBeforeColon", With("Content-Length : 5\r\n")},
        {"TabBeforeColon", With("X-A\t: 5\r\n")},
        {"NoColon", With("X-A\r\n")},
        {"EmptyName", With(": a\r\n")},
        {"NameWithSpace", With("X A: a\r\n")},
        {"NameWithSlash", With("X/A: a\r\n")},
        {"NameWithNul", With("X\0A: a\r\n"s)},
        {"NameWithHighByte", With("X\xc3: a\r\n")},
        {"FoldedBySpace", With("X-A: a\r\n b\r\n")},
        {"FoldedByTab", With("X-A: a\r\n\tb\r\n")},
        {"FoldedFirst", "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n"},
        {"ValueWithNul", With("X-A: a\0b\r\n"s)},
        {"ValueWithBell", With("X-A: a\ab\r\n")},
        {"ValueWithDelete", With("X-A: a\x7f\r\n")},
        {"BareLf", With("X-A: a\nX-B: b\r\n")},
        {"BareCr", With("X-A: a\rX-B: b\r\n")},
        {"CrCrLf", With("X-A: a\r\r\n")},
        {"BareLfAtTheEnd", "GET / HTTP/1.1\r\nHost: a\r\n\n"},
        {"NoEmptyLine", "GET / HTTP/1.1\r\nHost: a\r\n"},
        {"BytesAfterTheEnd", With("") + "X"},
        {"Nothing", ""},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    RequestLine, RefusedFraming,
    ::testing::ValuesIn<Case>({
        {"Empty", WithLine("")},
        {"Http09", WithLine("GET /")},
        {"Http12", WithLine("GET / HTTP/1.2")},
        {"Http2", WithLine("GET / HTTP/2.0")},
        {"Http2Preface", "PRI * HTTP/2.0\r\n\r\n"},
        {"VersionInLowerCase", WithLine("GET / http/1.1")},
        {"VersionLonger", WithLine("GET / HTTP/1.10")},
        {"NoMethod", WithLine(" / HTTP/1.1")},
        {"LeadingSpace", WithLine(" GET / HTTP/1.1")},
        {"MethodWithColon", WithLine("GET: / HTTP/1.1")},
        {"TwoSpacesBeforeTarget", WithLine("GET  / HTTP/1.1")},
        {"TwoSpacesBeforeVersion", WithLine("GET /  HTTP/1.1")},
        {"TabAsSeparator", WithLine("GET\t/ HTTP/1.1")},
        {"TrailingSpace", WithLine("GET / HTTP/1.1 ")},
        {"AbsoluteFormOfAnotherScheme",
         WithLine("GET ftp://a.example/ HTTP/1.1")},
        {"AbsoluteFormWithoutHost", WithLine("GET http:///a HTTP/1.1")},
        {"AbsoluteFormWithUser", WithLine("GET http://u@a.example/ HTTP/1.1")},
        {"AbsoluteFormWithFragment",
         WithLine("GET http://a.example/#a HTTP/1.1")},
        {"AuthorityForm", WithLine("GET a.example:443 HTTP/1.1")},
        {"ConnectToAPath", WithLine("CONNECT /a HTTP/1.1 x")},
        {"AsteriskForm", WithLine("GET * HTTP/1.1")},
        {"TargetWithSpace", WithLine("GET /a b HTTP/1.1")},
        {"TargetWithFragment", WithLine("GET /a#b HTTP/1.1")},
        {"QueryWithFragment", WithLine("GET /a?b#c HTTP/1.1")},
        {"TargetWithBackslash", WithLine("GET /a\\b HTTP/1.1")},
        {"TargetWithHighByte", WithLine("GET /\xc3\xa9 HTTP/1.1")},
        {"TargetWithNul", WithLine("GET /a\0 HTTP/1.1"s)},
        {"QueryWithQuote", WithLine("GET /?a=\"b\" HTTP/1.1")},
        {"BareLf", "GET / HTTP/1.1\nHost: a\r\n\r\n"},
    }),
    NameOf);

}  // namespace
}  // namespace webhooks::gateway

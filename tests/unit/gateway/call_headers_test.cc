#include "gateway/call_headers.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kDefault = absl::Seconds(15);

absl::StatusOr<CallHeaders> Read(std::vector<RequestHead::Field> fields) {
  RequestHead head;
  head.fields = std::move(fields);
  head.request_id = "r1";
  return ReadCallHeaders(head, kDefault);
}

TEST(ReadCallHeaders, PassesOnlyTheHeadersOfTheList) {
  const auto headers = Read({{"X-Api-Key", "k1"},
                             {"Idempotency-Key", "i1"},
                             {"traceparent", "t1"},
                             {"tracestate", "a=1"},
                             {"Tracestate", "b=2"},
                             {"x-request-id", "not this one"},
                             {"authorization", "secret"},
                             {"x-project-id", "p1"},
                             {"x-client-certificate", "forged"},
                             {"X-Client-Certificate", "forged"},
                             {"x-api-key-bin", "AAAA"},
                             {"grpc-status", "0"},
                             {"grpc-encoding", "gzip"},
                             {"host", "a"}});
  ASSERT_TRUE(headers.ok());
  EXPECT_THAT(headers->metadata,
              UnorderedElementsAre(Pair("x-request-id", "r1"),
                                   Pair("x-api-key", "k1")));
  EXPECT_EQ(headers->timeout, kDefault);
}

TEST(ReadCallHeaders, PassesTheCertificatesNameIfThereIsNoKey) {
  RequestHead head;
  head.request_id = "r1";
  head.client_certificate = "client.example";
  EXPECT_THAT(
      ReadCallHeaders(head, kDefault)->metadata,
      UnorderedElementsAre(Pair("x-request-id", "r1"),
                           Pair("x-client-certificate", "client.example")));
  head.fields = {{"X-Api-Key", "k1"}, {"x-client-certificate", "forged"}};
  EXPECT_THAT(ReadCallHeaders(head, kDefault)->metadata,
              UnorderedElementsAre(Pair("x-request-id", "r1"),
                                   Pair("x-api-key", "k1")));
}

TEST(ReadCallHeaders, PassesTheProjectOfAnAdministrator) {
  EXPECT_THAT(
      Read({{"x-api-key", "k1"}, {"X-Project", "p1"}})->metadata,
      UnorderedElementsAre(Pair("x-request-id", "r1"), Pair("x-api-key", "k1"),
                           Pair("x-project", "p1")));
  EXPECT_EQ(Reason(Read({{"x-project", "p1"}, {"X-Project", "p2"}}).status()),
            "INVALID_HEADER");
  EXPECT_EQ(Reason(Read({{"x-project", "p\x7f"}}).status()), "INVALID_HEADER");
}

TEST(ReadCallHeaders, RefusesAProjectThatIsNotAccepted) {
  RequestHead head;
  head.fields = {{"x-api-key", "k1"}};
  EXPECT_TRUE(ReadCallHeaders(head, kDefault, false).ok());
  head.fields = {{"x-api-key", "k1"}, {"X-Project", "p1"}};
  EXPECT_EQ(Reason(ReadCallHeaders(head, kDefault, false).status()),
            "INVALID_HEADER");
}

TEST(ReadCallHeaders, PassesTheClientsAddress) {
  RequestHead head;
  head.request_id = "r1";
  head.client_address = "192.0.2.7";
  head.fields = {{"x-client-address", "forged"}};
  EXPECT_THAT(ReadCallHeaders(head, kDefault)->metadata,
              UnorderedElementsAre(Pair("x-request-id", "r1"),
                                   Pair("x-client-address", "192.0.2.7")));
}

TEST(ReadCallHeaders, HandsOnTheTraceOfTheRequestsSpan) {
  RequestHead head;
  head.fields = {{"traceparent", "the client's"}, {"tracestate", "no=1"}};
  head.span = StartSpan(
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=1,b=2");
  const auto headers = ReadCallHeaders(head, kDefault);
  ASSERT_TRUE(headers.ok());
  EXPECT_THAT(headers->metadata,
              UnorderedElementsAre(
                  Pair("x-request-id", ""),
                  Pair("traceparent",
                       absl::StrCat("00-4bf92f3577b34da6a3ce929d0e0e4736-",
                                    head.span.span_id, "-01")),
                  Pair("tracestate", "a=1,b=2")));
}

TEST(ReadCallHeaders, RefusesARepeatedKey) {
  const auto headers = Read({{"x-api-key", "k1"}, {"X-API-Key", "k2"}});
  EXPECT_EQ(headers.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(headers.status()), "INVALID_HEADER");
}

TEST(ReadCallHeaders, RefusesAKeyThatIsNotPrintableAscii) {
  EXPECT_FALSE(Read({{"x-api-key", "k\xc3\xa9y"}}).ok());
  EXPECT_FALSE(Read({{"x-api-key", "k\ty"}}).ok());
  EXPECT_TRUE(Read({{"x-other", "k\xc3\xa9y"}}).ok());
}

TEST(ReadCallHeaders, ReadsADeadline) {
  const std::pair<const char*, absl::Duration> kCases[] = {
      {"10S", absl::Seconds(10)},      {"500m", absl::Milliseconds(500)},
      {"7u", absl::Microseconds(7)},   {"9n", absl::Nanoseconds(9)},
      {"1M", absl::Minutes(1)},        {"1H", kLongestCall},
      {"99999999H", kLongestCall},     {"61S", kLongestCall},
      {"00000001S", absl::Seconds(1)},
  };
  for (const auto& [text, timeout] : kCases) {
    const auto headers = Read({{"grpc-timeout", text}});
    ASSERT_TRUE(headers.ok()) << text;
    EXPECT_EQ(headers->timeout, timeout) << text;
  }
}

TEST(ReadCallHeaders, RefusesABadDeadline) {
  for (const char* text : {"", "S", "10", "10s", "-1S", "+1S", " 1S", "1 S",
                           "1.5S", "0S", "123456789S", "1SS"}) {
    EXPECT_EQ(Reason(Read({{"grpc-timeout", text}}).status()), "INVALID_HEADER")
        << text;
  }
  EXPECT_FALSE(Read({{"grpc-timeout", "1S"}, {"grpc-timeout", "2S"}}).ok());
}

TEST(CheckSize, CountsEntriesAsGrpcDoes) {
  CallHeaders headers;
  headers.metadata = {{"a", std::string(kMaxCallMetadata - 33, 'x')}};
  EXPECT_TRUE(CheckSize(headers).ok());
  headers.metadata[0].second += 'x';
  EXPECT_EQ(Reason(CheckSize(headers)), "HEADERS_TOO_LARGE");
  headers.metadata.assign(kMaxCallMetadata / 32, {"a", ""});
  EXPECT_EQ(Reason(CheckSize(headers)), "HEADERS_TOO_LARGE");
}

TEST(ApplyReplyMetadata, KeepsTheProjectForTheLogAlone) {
  HttpResponse response;
  ApplyReplyMetadata({{"x-project-id", "p1"}, {"x-internal", "a"}}, response);
  EXPECT_EQ(response.project, "p1");
  EXPECT_THAT(response.headers, IsEmpty());
}

}  // namespace
}  // namespace webhooks::gateway

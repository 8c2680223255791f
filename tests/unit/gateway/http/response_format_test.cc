#include "gateway/http/response_format.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HttpResponse Response(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

TEST(FormatResponse, WritesAWholeAnswer) {
  HttpResponse response = Response(503, "{}");
  response.headers.emplace_back("Retry-After", "1");
  EXPECT_EQ(FormatResponse(response, {.request_id = "r1", .keep_alive = true},
                           absl::FromUnixSeconds(784111777)),
            "HTTP/1.1 503 Service Unavailable\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "Cache-Control: no-store\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "x-request-id: r1\r\n"
            "Retry-After: 1\r\n"
            "\r\n"
            "{}");
}

TEST(FormatResponse, HasTheTypeOfABodyThatIsNotJson) {
  HttpResponse response = Response(200, "<p>");
  response.content_type = "text/html";
  EXPECT_THAT(FormatResponse(response, {}, absl::UnixEpoch()),
              HasSubstr("\r\nContent-Type: text/html\r\n"));
}

TEST(FormatResponse, HasConnectionCloseForTheLastAnswer) {
  EXPECT_THAT(FormatResponse(Response(200, "{}"), {}, absl::UnixEpoch()),
              HasSubstr("\r\nConnection: close\r\n"));
}

TEST(FormatResponse, PromisesAnHttp10ClientToKeepTheConnection) {
  EXPECT_THAT(FormatResponse(
                  Response(200, "{}"),
                  {.request_id = "r1", .keep_alive = true, .is_http10 = true},
                  absl::UnixEpoch()),
              HasSubstr("\r\nConnection: keep-alive\r\n"));
}

TEST(FormatResponse, LeavesTheBodyOutForHead) {
  const std::string text =
      FormatResponse(Response(200, "{\"a\":1}"),
                     {.request_id = "r1", .is_head = true}, absl::UnixEpoch());
  EXPECT_THAT(text, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_THAT(text, ::testing::EndsWith("\r\n\r\n"));
}

TEST(FormatResponse, GivesNoLengthWithNoContent) {
  EXPECT_THAT(FormatResponse(Response(204, ""), {}, absl::UnixEpoch()),
              Not(HasSubstr("Content-Length")));
}

}  // namespace
}  // namespace webhooks::gateway

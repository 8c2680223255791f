#include "server/delivery/received_response.h"

#include <string>

#include "gtest/gtest.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kKiB = 1 << 10;

// Returns a response with `fields` in its header section, each with a line end.
ReceivedResponse AnswerWith(int status, const std::string& fields) {
  ReceivedResponse answer;
  answer.TakeHeader("HTTP/1.1 " + std::to_string(status) + " Any\r\n", status);
  for (std::size_t begin = 0; begin < fields.size();) {
    const std::size_t end = fields.find('\n', begin) + 1;
    answer.TakeHeader(fields.substr(begin, end - begin), status);
    begin = end;
  }
  answer.TakeHeader("\r\n", status);
  return answer;
}

TEST(ReceivedResponse, HasTheTargetOfARedirectOnly) {
  const std::string location = "Location: https://b.example/\n";
  EXPECT_EQ(AnswerWith(308, location).redirect(), "https://b.example/");
  EXPECT_EQ(AnswerWith(201, location).redirect(), "");
  EXPECT_EQ(AnswerWith(302, "").redirect(), "");
  EXPECT_EQ(AnswerWith(302, "Location: " + std::string(4 * kKiB, 'a') + "\n")
                .redirect()
                .size(),
            512u);
}

TEST(ReceivedResponse, IsCompleteAfterTheFinalHeaderSection) {
  ReceivedResponse answer;
  EXPECT_FALSE(answer.has_begun());
  answer.TakeHeader("HTTP/1.1 103 Early\r\n", 103);
  answer.TakeHeader("Retry-After: 9\r\n", 103);
  answer.TakeHeader("\r\n", 103);
  EXPECT_TRUE(answer.has_begun());
  EXPECT_FALSE(answer.is_complete());
  answer.TakeHeader("HTTP/1.1 503 No\r\n", 503);
  EXPECT_FALSE(answer.is_complete());
  answer.TakeHeader("\r\n", 503);
  EXPECT_TRUE(answer.is_complete());
  EXPECT_EQ(answer.status(), 503);
  EXPECT_EQ(answer.retry_after(), "");
}

TEST(ReceivedResponse, ReadsRetryAfterInAnyCaseAndNotInTrailers) {
  ReceivedResponse answer = AnswerWith(503, "RETRY-after: \t7 \r\n");
  EXPECT_EQ(answer.retry_after(), "7");
  answer.TakeHeader("Retry-After: 8\r\n", 503);
  EXPECT_EQ(answer.retry_after(), "7");
}

TEST(ReceivedResponse, Only2xxIsSuccess) {
  EXPECT_FALSE(AnswerWith(199, "").is_success());
  EXPECT_TRUE(AnswerWith(200, "").is_success());
  EXPECT_TRUE(AnswerWith(299, "").is_success());
  EXPECT_FALSE(AnswerWith(300, "").is_success());
}

TEST(ReceivedResponse, TakesHeadersUpTo32KiB) {
  ReceivedResponse answer;
  const std::string line = std::string(kKiB - 2, 'x') + "\r\n";
  for (int i = 0; i < 32; ++i) EXPECT_TRUE(answer.TakeHeader(line, 0));
  EXPECT_FALSE(answer.is_header_too_large());
  EXPECT_FALSE(answer.TakeHeader("\r\n", 0));
  EXPECT_TRUE(answer.is_header_too_large());
}

TEST(ReceivedResponse, Keeps16KiBOfABodyAndReads64) {
  ReceivedResponse answer = AnswerWith(200, "");
  EXPECT_TRUE(answer.TakeBody(std::string(15 * kKiB, 'a')));
  EXPECT_TRUE(answer.TakeBody(std::string(49 * kKiB, 'b')));
  EXPECT_FALSE(answer.is_body_cut());
  EXPECT_EQ(answer.body(),
            std::string(15 * kKiB, 'a') + std::string(kKiB, 'b'));
  EXPECT_FALSE(answer.TakeBody("c"));
  EXPECT_TRUE(answer.is_body_cut());
}

TEST(ReceivedResponse, HasAnAmbiguousLengthWithTwoLengthsOrAnUnexpectedOne) {
  const std::string length = "Content-Length: 5\r\n";
  const std::string coding = "Transfer-Encoding: chunked\r\n";
  EXPECT_FALSE(AnswerWith(200, length).has_ambiguous_length());
  EXPECT_FALSE(AnswerWith(200, coding).has_ambiguous_length());
  EXPECT_TRUE(AnswerWith(200, length + coding).has_ambiguous_length());
  for (const int bodiless : {204, 304}) {
    EXPECT_TRUE(AnswerWith(bodiless, length).has_ambiguous_length());
    EXPECT_TRUE(AnswerWith(bodiless, coding).has_ambiguous_length());
    EXPECT_FALSE(
        AnswerWith(bodiless, "Content-Length: 0\r\n").has_ambiguous_length());
  }
}

}  // namespace
}  // namespace webhooks::server

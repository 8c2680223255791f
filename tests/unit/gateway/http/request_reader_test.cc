#include "gateway/http/request_reader.h"

#include <string>

#include "gateway/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

const HttpClient kClient;

using ::testing::IsEmpty;

constexpr std::size_t kMaxHeader = 1024;
constexpr std::size_t kMaxBody = 32;

constexpr char kChunkedHead[] =
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

// The outcome of reading a request.
struct Outcome {
  int error = 0;  // an HTTP status
  bool done = false;
  std::string body;
  std::string rest;
};

// Reads `text`, which arrives in pieces of `piece` bytes.
Outcome ReadInPieces(const std::string& text, std::size_t piece) {
  RequestReader reader(kMaxHeader, kClient);
  std::string input;
  std::size_t sent = 0;
  while (!reader.done() && sent < text.size()) {
    input += text.substr(sent, piece);
    sent += piece;
    absl::Status status;
    if (!reader.head_done()) {
      status = reader.ReadHead(input);
      if (status.ok() && reader.head_done())
        status = reader.LimitBody(kMaxBody);
    }
    if (status.ok() && reader.head_done()) status = reader.ReadBody(input);
    if (!status.ok()) return {HttpStatus(status), false, "", ""};
  }
  const bool done = reader.done();
  return {0, done, done ? reader.TakeBody() : "", input};
}

Outcome Read(const std::string& text) {
  return ReadInPieces(text, text.size());
}

TEST(RequestReader, SplitsTheTargetAndNamesTheFields) {
  RequestReader reader(kMaxHeader, kClient);
  std::string input =
      "GET /a/b?c=d?e HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n";
  EXPECT_TRUE(reader.ReadHead(input).ok());
  EXPECT_TRUE(reader.done());
  EXPECT_EQ(reader.head().method, "GET");
  EXPECT_EQ(reader.head().path, "/a/b");
  EXPECT_EQ(reader.head().query, "c=d?e");
  EXPECT_EQ(reader.head().request_id, "r1");
  EXPECT_FALSE(reader.head().has_body);
  EXPECT_THAT(reader.head().Values("HOST"), ::testing::ElementsAre("a"));
  EXPECT_THAT(input, IsEmpty());
}

TEST(RequestReader, ReadsTheSameFromPartsOfAnySize) {
  const std::string text =
      std::string(kChunkedHead) +
      "5;name=value;other\r\nhello\r\n1 ; a = \"b;\\\"\\\\\""
      "\r\n!\r\n0;a\r\nX: a\r\nContent-Length: 7\r\n\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const Outcome outcome = ReadInPieces(text, piece);
    EXPECT_TRUE(outcome.done) << piece;
    EXPECT_EQ(outcome.body, "hello!") << piece;
  }
}

TEST(RequestReader, DiscardsATrailer) {
  RequestReader reader(kMaxHeader, kClient);
  std::string input = std::string(kChunkedHead) +
                      "1\r\na\r\n0\r\nX-Api-Key: k1\r\n\r\nGET /next";
  ASSERT_TRUE(reader.ReadHead(input).ok());
  ASSERT_TRUE(reader.LimitBody(kMaxBody).ok());
  ASSERT_TRUE(reader.ReadBody(input).ok());
  EXPECT_TRUE(reader.done());
  EXPECT_THAT(reader.head().Values("x-api-key"), IsEmpty());
  EXPECT_EQ(input, "GET /next");
}

TEST(RequestReader, TakesAnAbsoluteTargetForItsPath) {
  const std::pair<const char*, std::pair<const char*, const char*>> kCases[] = {
      {"GET http://b.example/a/b?c=d", {"/a/b", "c=d"}},
      {"GET https://b.example:443", {"/", ""}},
      {"GET http://b.example?c", {"/", "c"}},
      {"OPTIONS http://b.example", {"*", ""}},
      {"OPTIONS http://b.example/", {"/", ""}},
      {"OPTIONS *", {"*", ""}}};
  for (const auto& [line, expected] : kCases) {
    RequestReader reader(kMaxHeader, kClient);
    std::string input = std::string(line) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    EXPECT_TRUE(reader.ReadHead(input).ok()) << line;
    EXPECT_EQ(reader.head().path, expected.first) << line;
    EXPECT_EQ(reader.head().query, expected.second) << line;
  }
}

TEST(RequestReader, LeavesTheNextRequestWhereItIs) {
  const Outcome outcome = Read(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /next");
  EXPECT_EQ(outcome.body, "hi");
  EXPECT_EQ(outcome.rest, "GET /next");
}

TEST(RequestReader, IgnoresEmptyLinesBeforeARequest) {
  const std::string text = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_TRUE(ReadInPieces(text, piece).done) << piece;
  }
}

TEST(RequestReader, RefusesALoneLfBeforeTheHeaderEnds) {
  EXPECT_EQ(Read("GET / HTTP/1.1\nHost: a\n").error, 400);
}

TEST(RequestReader, RefusesAHeaderOverTheLimitBeforeItEnds) {
  const std::string long_line(kMaxHeader, 'a');
  EXPECT_EQ(Read("GET / HTTP/1.1\r\nX: " + long_line).error, 431);
  EXPECT_EQ(Read("GET /" + long_line).error, 414);
  EXPECT_EQ(ReadInPieces("GET /" + long_line, 100).error, 414);
}

TEST(RequestReader, ReadsAHeaderAtTheLimit) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX-A: ";
  const std::string end = "\r\n\r\n";
  const std::string fill(kMaxHeader - begin.size() - end.size(), 'a');
  EXPECT_TRUE(Read(begin + fill + end).done);
  EXPECT_EQ(Read(begin + fill + "a" + end).error, 431);
}

TEST(RequestReader, RefusesALongBodyByItsContentLength) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ";
  EXPECT_EQ(Read(head + "33\r\n\r\n").error, 413);
  EXPECT_EQ(Read(head + "9223372036854775807\r\n\r\n").error, 413);
  EXPECT_TRUE(Read(head + "32\r\n\r\n" + std::string(32, 'a')).done);
}

TEST(RequestReader, RefusesChunksThatAddUpToMoreThanTheLimit) {
  const std::string chunk = "10\r\n0123456789abcdef\r\n";
  EXPECT_TRUE(Read(kChunkedHead + chunk + chunk + "0\r\n\r\n").done);
  EXPECT_EQ(Read(kChunkedHead + chunk + chunk + "1\r\n").error, 413);
}

TEST(RequestReader, RefusesEndlessChunkExtensionsAndTrailers) {
  EXPECT_EQ(Read(kChunkedHead + ("5;" + std::string(2048, 'a'))).error, 431);
  EXPECT_EQ(Read(kChunkedHead + ("0\r\nX: " + std::string(2048, 'a'))).error,
            431);
}

TEST(RequestReader, RefusesFieldsThatBeastCannotHold) {
  constexpr std::size_t kLimit = 256 << 10;
  const std::string large(70'000, 'a');
  RequestReader head_reader(kLimit, kClient);
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + large + "\r\n\r\n";
  EXPECT_EQ(HttpStatus(head_reader.ReadHead(head)), 431);
}

TEST(RequestReader, RefusesALongTrailerOfShortFields) {
  std::string trailer = "0\r\n";
  for (int i = 0; i < 100; ++i) trailer += "X: 0123456789\r\n";
  EXPECT_EQ(Read(kChunkedHead + trailer).error, 431);
}

class BadChunks : public ::testing::TestWithParam<std::string> {};
TEST_P(BadChunks, AreRefused) {
  const std::string text = kChunkedHead + GetParam();
  EXPECT_EQ(Read(text).error, 400);
  EXPECT_EQ(ReadInPieces(text, 1).error, 400);
}

INSTANTIATE_TEST_SUITE_P(
    RequestReader, BadChunks,
    ::testing::Values(
        "0x10\r\n0123456789abcdef\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n", "5,5\r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n", "5\r\nhelloworld\r\n0\r\n\r\n",
        "5;\r\nhello\r\n0\r\n\r\n", "5;a=\r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n", "5;a=\"b\r\nhello\r\n0\r\n\r\n",
        "5;a=\"b\n\"\r\nhello\r\n0\r\n\r\n",
        "5;a=\"b\r\n\"\r\nhello\r\n0\r\n\r\n", "0;a=\"b\n\"\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n", "5;=b\r\nhello\r\n0\r\n\r\n",
        "5 a\r\nhello\r\n0\r\n\r\n", "5;a=\"\x01\"\r\nhello\r\n0\r\n\r\n",
        "0\r\nno colon\r\n\r\n", "0\r\nX: a\nY: b\r\n\r\n",
        "0\r\nX : a\r\n\r\n", "0\r\nX: a\r\n b\r\n\r\n", "0\r\n X: a\r\n\r\n"));

TEST(RequestReader, TellsIfTheConnectionIsKept) {
  const auto keeps = [](std::string text) {
    RequestReader reader(kMaxHeader, kClient);
    EXPECT_TRUE(reader.ReadHead(text).ok());
    return reader.keep_alive();
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(
      keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"));
}

}  // namespace
}  // namespace webhooks::gateway

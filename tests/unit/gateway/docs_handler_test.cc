#include "gateway/docs_handler.h"

#include "gateway/header_fields.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/handler_client.h"

namespace webhooks::gateway {
namespace {

using ::testing::HasSubstr;

class DocsHandlerTest : public ::testing::Test {
 protected:
  HttpResponse Get(const std::string& path) {
    return AnswerOf(handler_, {.path = path, .fields = {}});
  }

  NextHandler next_;
  DocsHandler handler_{next_,
                       R"({"openapi":"3.1.0"})",
                       "binary",
                       {{"index.html", {"text/html", "<p>"}},
                        {"page.js", {"text/javascript", "f()"}}}};
  DocsHandler bare_{next_, "{}", "", {}};
};

TEST_F(DocsHandlerTest, AnswersWithTheDocumentToAnybody) {
  const HttpResponse answer = Get("/openapi.json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.content(), R"({"openapi":"3.1.0"})");
  EXPECT_EQ(answer.route, "/openapi.json");
}

TEST_F(DocsHandlerTest, AnswersWithTheDescriptors) {
  const HttpResponse answer = Get("/descriptors.binpb");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/protobuf");
  EXPECT_EQ(answer.content(), "binary");
  EXPECT_EQ(answer.route, "/descriptors.binpb");
}

TEST_F(DocsHandlerTest, AnswersMayBeCachedUntilTheirEtagChanges) {
  for (const char* path : {"/openapi.json", "/descriptors.binpb", "/docs"}) {
    const HttpResponse answer = Get(path);
    EXPECT_EQ(answer.cache_control, "no-cache");
    const std::string etag(ResponseHeader(answer, "ETag"));
    const HttpResponse same =
        AnswerOf(handler_, {.path = path, .fields = {{"if-none-match", etag}}});
    EXPECT_EQ(same.status, 304) << path;
    EXPECT_EQ(same.content(), "");
    EXPECT_THAT(same, HasHeader("ETag", etag));
    const HttpResponse other = AnswerOf(
        handler_, {.path = path, .fields = {{"if-none-match", "\"x\""}}});
    EXPECT_EQ(other.status, 200) << path;
  }
  EXPECT_NE(ResponseHeader(Get("/openapi.json"), "ETag"),
            ResponseHeader(AnswerOf(bare_, {.path = "/openapi.json"}), "ETag"));
}

TEST_F(DocsHandlerTest, AnswersWithPages) {
  const HttpResponse answer = Get("/docs");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/html");
  EXPECT_EQ(answer.content(), "<p>");
  EXPECT_EQ(Get("/docs/page.js").content_type, "text/javascript");
}

// Links of the page are relative, and are invalid from other paths.
TEST_F(DocsHandlerTest, SendsOtherNamesOfTheFirstPageToTheOne) {
  for (const char* path : {"/docs/", "/docs/index.html"}) {
    const HttpResponse answer = Get(path);
    EXPECT_EQ(answer.status, 308) << path;
    EXPECT_THAT(answer.headers,
                ::testing::Contains(::testing::Pair("Location", "../docs")));
  }
}

TEST_F(DocsHandlerTest, PagesMayReachNothingElse) {
  for (const auto& [name, value] : Get("/docs").headers) {
    if (name != "Content-Security-Policy") continue;
    EXPECT_THAT(value, HasSubstr("default-src 'none'"));
    EXPECT_THAT(value, HasSubstr("script-src 'self';"));
    return;
  }
  FAIL() << "there is no policy";
}

TEST_F(DocsHandlerTest, KnowsNoOtherPages) {
  EXPECT_EQ(Get("/docs/other.js").status, 404);
  EXPECT_EQ(Get("/docs/../index.html").status, 404);
}

TEST_F(DocsHandlerTest, AnswersThatThePagesAreNotInstalled) {
  const HttpResponse answer = AnswerOf(bare_, {.path = "/docs"});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.reason, "DOCS_NOT_INSTALLED");
}

TEST_F(DocsHandlerTest, AnswersWithSoManyBytesASecond) {
  absl::Time now = absl::FromUnixSeconds(1000);
  DocsHandler handler(next_,
                      std::string(DocsHandler::kDocsBytesPerSecond / 2, '1'),
                      "", {}, [&] { return now; });
  const Ask ask = {.path = "/openapi.json"};
  EXPECT_EQ(AnswerOf(handler, ask).status, 200);
  EXPECT_EQ(AnswerOf(handler, ask).status, 200);
  const HttpResponse refused = AnswerOf(handler, ask);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.reason, "TOO_MANY_BYTES_BUFFERED");
  EXPECT_THAT(refused, HasHeader("Retry-After", "1"));
  EXPECT_EQ(AnswerOf(handler, {.path = "/webhooks"}).status, 299);
  now += absl::Seconds(1);
  EXPECT_EQ(AnswerOf(handler, ask).status, 200);
}

TEST_F(DocsHandlerTest, KnowsNoOtherMethods) {
  for (const char* path : {"/docs", "/openapi.json", "/descriptors.binpb"}) {
    const HttpResponse answer =
        AnswerOf(handler_, {.method = "POST", .path = path});
    EXPECT_EQ(answer.status, 405);
    EXPECT_THAT(answer, HasHeader("Allow", "GET, HEAD, OPTIONS"));
  }
}

TEST_F(DocsHandlerTest, LeavesOtherPathsToTheNextHandler) {
  for (const char* path : {"/webhooks", "/docs2", "/openapi.jsonx"}) {
    EXPECT_EQ(Get(path).status, 299) << path;
  }
}

}  // namespace
}  // namespace webhooks::gateway

#include "gateway/pages_handler.h"

#include "gateway/errors.h"
#include "gateway/header_fields.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/gateway/handler_client.h"

namespace webhooks::gateway {
namespace {

std::vector<Document> SomeDocuments() {
  return {{"/openapi.json", {"application/json", R"({"openapi":"3.1.0"})"}},
          {"/descriptors.binpb", {"application/protobuf", "binary"}}};
}

std::vector<Mount> SomeMounts(Pages docs, Pages console) {
  return {{.path = "/docs",
           .first = "/docs",
           .pages = std::move(docs),
           .headers = {{"Content-Security-Policy", "docs"}},
           .missing = DocsNotInstalled()},
          {.path = "/console",
           .first = "/console/",
           .pages = std::move(console),
           .headers = {{"Content-Security-Policy", "console"}},
           .missing = ConsoleNotInstalled()}};
}

Pages DocsPages() {
  return {{"index.html", {"text/html", "<p>"}},
          {"page.js", {"text/javascript", "f()", "compressed"}}};
}

Pages ConsolePages() {
  return {{"index.html", {"text/html", "<h1>"}},
          {"assets/a-1.js", {"text/javascript", "g()"}}};
}

class PagesHandlerTest : public ::testing::Test {
 protected:
  HttpResponse Get(const std::string& path,
                   std::vector<RequestHead::Field> fields = {}) {
    return AnswerOf(handler_, {.path = path, .fields = std::move(fields)});
  }

  NextHandler next_;
  PagesHandler handler_{next_, SomeDocuments(),
                        SomeMounts(DocsPages(), ConsolePages()), "/console"};
  PagesHandler bare_{next_, SomeDocuments(), SomeMounts({}, {}), "/console"};
};

TEST_F(PagesHandlerTest, AnswersWithDocumentsToAnybody) {
  const HttpResponse answer = Get("/openapi.json");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.content(), R"({"openapi":"3.1.0"})");
  EXPECT_EQ(answer.route, "/openapi.json");
  EXPECT_EQ(Get("/descriptors.binpb").content(), "binary");
}

TEST_F(PagesHandlerTest, AnswersAreCachedUntilTheirEtagChanges) {
  for (const char* path :
       {"/openapi.json", "/descriptors.binpb", "/docs", "/console/"}) {
    const HttpResponse answer = Get(path);
    EXPECT_EQ(answer.cache_control, "no-cache");
    const std::string etag(ResponseHeader(answer, "ETag"));
    const HttpResponse same = Get(path, {{"if-none-match", etag}});
    EXPECT_EQ(same.status, 304) << path;
    EXPECT_EQ(same.content(), "");
    EXPECT_THAT(same, HasHeader("ETag", etag));
    EXPECT_EQ(Get(path, {{"if-none-match", "\"x\""}}).status, 200) << path;
  }
  EXPECT_NE(ResponseHeader(Get("/docs"), "ETag"),
            ResponseHeader(Get("/console/"), "ETag"));
}

TEST_F(PagesHandlerTest, FilesNamedByTheirContentAreCachedForGood) {
  const HttpResponse answer = Get("/console/assets/a-1.js");
  EXPECT_EQ(answer.content(), "g()");
  EXPECT_EQ(answer.cache_control, "public, max-age=31536000, immutable");
}

TEST_F(PagesHandlerTest, AnswersWithPagesAndTheirPolicy) {
  const HttpResponse docs = Get("/docs");
  EXPECT_EQ(docs.status, 200);
  EXPECT_EQ(docs.content_type, "text/html");
  EXPECT_EQ(docs.content(), "<p>");
  EXPECT_EQ(docs.route, "/docs");
  EXPECT_THAT(docs, HasHeader("Content-Security-Policy", "docs"));
  EXPECT_EQ(Get("/docs/page.js").content_type, "text/javascript");
  const HttpResponse console = Get("/console/");
  EXPECT_EQ(console.content(), "<h1>");
  EXPECT_EQ(console.route, "/console");
  EXPECT_THAT(console, HasHeader("Content-Security-Policy", "console"));
}

TEST_F(PagesHandlerTest, CompressesForClientsThatAcceptIt) {
  const HttpResponse plain = Get("/docs/page.js");
  EXPECT_EQ(plain.content(), "f()");
  EXPECT_THAT(plain, HasHeader("Vary", "Accept-Encoding"));
  const HttpResponse small =
      Get("/docs/page.js", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(small.content(), "compressed");
  EXPECT_THAT(small, HasHeader("Content-Encoding", "gzip"));
  EXPECT_THAT(small, HasHeader("Vary", "Accept-Encoding"));
  EXPECT_NE(ResponseHeader(small, "ETag"), ResponseHeader(plain, "ETag"));
  const HttpResponse other = Get("/docs", {{"accept-encoding", "gzip"}});
  EXPECT_EQ(other.content(), "<p>");
  EXPECT_EQ(ResponseHeader(other, "Content-Encoding"), "");
}

// Links of a page are relative, and are invalid from other paths.
TEST_F(PagesHandlerTest, SendsOtherNamesOfAFirstPageToTheOne) {
  const std::pair<const char*, const char*> kLocations[] = {
      {"/docs/", "../docs"},
      {"/docs/index.html", "../docs"},
      {"/console", "console/"},
      {"/console/index.html", "../console/"}};
  for (const auto& [path, location] : kLocations) {
    const HttpResponse answer = Get(path);
    EXPECT_EQ(answer.status, 308) << path;
    EXPECT_THAT(answer, HasHeader("Location", location)) << path;
  }
}

TEST_F(PagesHandlerTest, SendsBrowsersHome) {
  const HttpResponse answer = Get("/", {{"accept", "text/html,*/*;q=0.8"}});
  EXPECT_EQ(answer.status, 307);
  EXPECT_THAT(answer, HasHeader("Location", "console/"));
  EXPECT_THAT(answer, HasHeader("Vary", "Accept"));
}

TEST_F(PagesHandlerTest, SendsOnlyBrowsersHome) {
  const std::vector<RequestHead::Field> html = {{"accept", "text/html"}};
  EXPECT_EQ(Get("/").status, 299);
  EXPECT_EQ(Get("/", {{"accept", "application/json"}}).status, 299);
  EXPECT_EQ(AnswerOf(handler_, {.method = "POST", .fields = html}).status, 299);
  EXPECT_EQ(AnswerOf(bare_, {.fields = html}).status, 299);
}

TEST_F(PagesHandlerTest, KnowsNoOtherPages) {
  for (const char* path : {"/docs/other.js", "/docs/../index.html",
                           "/console/page.js", "/console/assets/"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
}

TEST_F(PagesHandlerTest, AnswersThatPagesAreNotInstalled) {
  const HttpResponse docs = AnswerOf(bare_, {.path = "/docs"});
  EXPECT_EQ(docs.status, 404);
  EXPECT_EQ(docs.reason, "DOCS_NOT_INSTALLED");
  for (const char* path : {"/console", "/console/", "/console/a.js"}) {
    const HttpResponse console = AnswerOf(bare_, {.path = path});
    EXPECT_EQ(console.status, 404);
    EXPECT_EQ(console.reason, "CONSOLE_NOT_INSTALLED");
  }
}

TEST_F(PagesHandlerTest, AnswersWithSoManyBytesASecond) {
  absl::Time now = absl::FromUnixSeconds(1000);
  const std::string half(PagesHandler::kBytesPerSecond / 2, '1');
  PagesHandler handler(next_, {{"/openapi.json", {"application/json", half}}},
                       {}, "", [&] { return now; });
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

TEST_F(PagesHandlerTest, KnowsNoOtherMethods) {
  for (const char* path :
       {"/docs", "/openapi.json", "/descriptors.binpb", "/console/"}) {
    const HttpResponse answer =
        AnswerOf(handler_, {.method = "POST", .path = path});
    EXPECT_EQ(answer.status, 405);
    EXPECT_THAT(answer, HasHeader("Allow", "GET, HEAD, OPTIONS"));
  }
}

TEST_F(PagesHandlerTest, LeavesOtherPathsToTheNextHandler) {
  for (const char* path :
       {"/webhooks", "/docs2", "/openapi.jsonx", "/consoles", "*"}) {
    EXPECT_EQ(Get(path).status, 299) << path;
  }
}

}  // namespace
}  // namespace webhooks::gateway

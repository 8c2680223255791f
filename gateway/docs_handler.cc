#include "gateway/docs_handler.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/errors.h"
#include "gateway/responses.h"

namespace webhooks::gateway {
namespace {

constexpr absl::string_view kOpenApi = "/openapi.json";
constexpr absl::string_view kDocs = "/docs";

// Permits the scripts and styles of the pages, and calls to this gateway.
constexpr absl::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

bool IsDocs(absl::string_view path) {
  return absl::ConsumePrefix(&path, kDocs) &&
         (path.empty() || absl::StartsWith(path, "/"));
}

}  // namespace

DocsHandler::DocsHandler(RequestHandler& next, std::string openapi, Pages pages,
                         std::function<absl::Time()> now)
    : next_(next),
      openapi_(std::move(openapi)),
      pages_(std::move(pages)),
      now_(std::move(now)) {}

std::variant<HttpResponse, std::unique_ptr<Exchange>> DocsHandler::Accept(
    const RequestHead& head) {
  const bool is_docs = IsDocs(head.path);
  if (head.path != kOpenApi && !is_docs) return next_.Accept(head);
  HttpResponse response = Answer(head);
  const bool sends_body = head.method != "HEAD";
  if (sends_body && !TakeFromSecond(response.content().size())) {
    response =
        ErrorResponse(TooManyBytesBuffered("too many are reading at once"));
  }
  response.route = std::string(is_docs ? kDocs : kOpenApi);
  return response;
}

bool DocsHandler::TakeFromSecond(std::size_t bytes) {
  const std::int64_t second = absl::ToUnixSeconds(now_());
  absl::MutexLock lock(&mutex_);
  if (second != second_) taken_ = 0;
  second_ = second;
  if (taken_ + bytes > kDocsBytesPerSecond) return false;
  taken_ += bytes;
  return true;
}

HttpResponse DocsHandler::Answer(const RequestHead& head) const {
  if (head.method != "GET" && head.method != "HEAD") {
    return UnboundResponse(head.method, {"GET", "HEAD", "OPTIONS"});
  }
  if (head.path != kOpenApi) return PageAnswer(head.path);
  HttpResponse response;
  response.lasting_body = openapi_;
  return response;
}

HttpResponse DocsHandler::PageAnswer(absl::string_view path) const {
  if (pages_.empty()) {
    return ErrorResponse(DocsNotInstalled());
  }
  absl::ConsumePrefix(&path, kDocs);
  HttpResponse response;
  if (path == "/" || path == absl::StrCat("/", kFirstPage)) {
    // The page's links are relative to /docs, also behind a path of a proxy.
    response.status = 308;
    response.headers.emplace_back("Location", "../docs");
    return response;
  }
  absl::ConsumePrefix(&path, "/");
  const auto page = pages_.find(path.empty() ? kFirstPage : path);
  if (page == pages_.end()) return UnboundResponse("GET", {});
  response.lasting_body = page->second.body;
  response.content_type = page->second.content_type;
  response.headers.emplace_back("Content-Security-Policy", kPolicy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

HttpResponse DocsHandler::AnswerError(const absl::Status& status) const {
  return next_.AnswerError(status);
}

}  // namespace webhooks::gateway

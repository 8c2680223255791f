#include "gateway/docs_handler.h"

#include <openssl/sha.h>

#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/conditions.h"
#include "gateway/errors.h"
#include "gateway/responses.h"

namespace webhooks::gateway {
namespace {

constexpr absl::string_view kOpenApi = "/openapi.json";
constexpr absl::string_view kDescriptors = "/descriptors.binpb";
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

// Returns the path that the log names.
absl::string_view RouteOf(absl::string_view path) {
  return IsDocs(path) ? kDocs : path;
}

std::string EtagOf(absl::string_view body) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(),
         digest.data());
  return absl::StrCat(
      "\"",
      absl::BytesToHexString(
          {reinterpret_cast<const char*>(digest.data()), digest.size() / 2}),
      "\"");
}

}  // namespace

DocsHandler::DocsHandler(RequestHandler& next, std::string openapi,
                         absl::string_view descriptors, const Pages& pages,
                         std::function<absl::Time()> now)
    : next_(next), now_(std::move(now)) {
  Add(std::string(kOpenApi), "application/json", std::move(openapi));
  Add(std::string(kDescriptors), "application/protobuf",
      std::string(descriptors));
  for (const auto& [name, page] : pages) {
    Add(name == kFirstPage ? std::string(kDocs)
                           : absl::StrCat(kDocs, "/", name),
        page.content_type, page.body);
  }
}

void DocsHandler::Add(std::string path, absl::string_view content_type,
                      std::string body) {
  std::string etag = EtagOf(body);
  documents_[std::move(path)] = {content_type, std::move(body),
                                 std::move(etag)};
}

std::variant<HttpResponse, std::unique_ptr<Exchange>> DocsHandler::Accept(
    const RequestHead& head) {
  if (!documents_.contains(head.path) && !IsDocs(head.path)) {
    return next_.Accept(head);
  }
  HttpResponse response = Answer(head);
  const bool sends_body = head.method != "HEAD";
  if (sends_body && !TakeFromSecond(response.content().size())) {
    response =
        ErrorResponse(TooManyBytesBuffered("too many are reading at once"));
  }
  response.route = std::string(RouteOf(head.path));
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
  if (!OnlyReads(head)) {
    return UnboundResponse(head.method, {"GET", "HEAD", "OPTIONS"});
  }
  return ApplyConditions(ReadConditions(head), DocumentAnswer(head.path));
}

HttpResponse DocsHandler::DocumentAnswer(absl::string_view path) const {
  if (IsDocs(path) && !documents_.contains(kDocs)) {
    return ErrorResponse(DocsNotInstalled());
  }
  HttpResponse response;
  if (path == absl::StrCat(kDocs, "/") ||
      path == absl::StrCat(kDocs, "/", kFirstPage)) {
    // The page's links are relative to /docs, also behind a path of a proxy.
    response.status = 308;
    response.headers.emplace_back("Location", "../docs");
    return response;
  }
  const auto found = documents_.find(path);
  if (found == documents_.end()) return UnboundResponse("GET", {});
  response.lasting_body = found->second.body;
  response.content_type = found->second.content_type;
  response.cache_control = "no-cache";
  response.headers.emplace_back("ETag", found->second.etag);
  if (IsDocs(path)) {
    response.headers.emplace_back("Content-Security-Policy", kPolicy);
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
  }
  return response;
}

HttpResponse DocsHandler::AnswerError(const absl::Status& status) const {
  return next_.AnswerError(status);
}

}  // namespace webhooks::gateway

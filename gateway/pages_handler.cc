#include "gateway/pages_handler.h"

#include <openssl/sha.h>

#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/accepted.h"
#include "gateway/conditions.h"
#include "gateway/errors.h"
#include "gateway/responses.h"

namespace webhooks::gateway {
namespace {

constexpr absl::string_view kHashed = "assets/";

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

// The location is relative, so that it leads on behind a path of a proxy.
HttpResponse Redirect(int status, std::string location) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

std::string PathOf(const Mount& mount, absl::string_view name) {
  return name == kFirstPage ? mount.first : absl::StrCat(mount.path, "/", name);
}

// Returns true for a path of the first page that is not `mount.first`.
bool IsOtherNameOfFirst(const Mount& mount, absl::string_view path) {
  if (path == mount.first) return false;
  return absl::ConsumePrefix(&path, mount.path) &&
         (path.empty() || path == "/" || path == "/index.html");
}

const Mount* FindMount(const std::vector<Mount>& mounts,
                       absl::string_view path) {
  const auto found = absl::c_find_if(
      mounts, [&](const Mount& mount) { return mount.path == path; });
  return found == mounts.end() ? nullptr : &*found;
}

}  // namespace

PagesHandler::PagesHandler(RequestHandler& next,
                           std::vector<Document> documents,
                           std::vector<Mount> mounts, absl::string_view home,
                           std::function<absl::Time()> now)
    : next_(next),
      mounts_(std::move(mounts)),
      home_(FindMount(mounts_, home)),
      now_(std::move(now)) {
  for (Document& document : documents) {
    Add(std::move(document.path), std::move(document.page), nullptr);
  }
  for (const Mount& mount : mounts_) {
    for (const auto& [name, page] : mount.pages) {
      Add(PathOf(mount, name), page, &mount);
    }
  }
}

void PagesHandler::Add(std::string path, Page page, const Mount* mount) {
  const bool hashed =
      mount != nullptr &&
      absl::StartsWith(path, absl::StrCat(mount->path, "/", kHashed));
  std::string etag = EtagOf(page.body);
  std::string gzip_etag = EtagOf(page.gzip);
  files_[std::move(path)] = {
      std::move(page), std::move(etag), std::move(gzip_etag),
      hashed ? "public, max-age=31536000, immutable" : "no-cache", mount};
}

const Mount* PagesHandler::MountOf(absl::string_view path) const {
  return FindMount(mounts_, path.substr(0, path.find('/', 1)));
}

bool PagesHandler::LeadsHome(const RequestHead& head) const {
  return head.path == "/" && OnlyReads(head) && home_ != nullptr &&
         !home_->pages.empty() && AcceptsHtml(head);
}

std::variant<HttpResponse, std::unique_ptr<Exchange>> PagesHandler::Accept(
    const RequestHead& head) {
  const Mount* mount = MountOf(head.path);
  HttpResponse response;
  if (LeadsHome(head)) {
    response = Redirect(307, home_->first.substr(1));
    response.headers.emplace_back("Vary", "Accept");
  } else if (mount != nullptr || files_.contains(head.path)) {
    response = Answer(head, mount);
  } else {
    return next_.Accept(head);
  }
  const bool sends_body = head.method != "HEAD";
  if (sends_body && !TakeFromSecond(response.content().size())) {
    response =
        ErrorResponse(TooManyBytesBuffered("too many are reading at once"));
  }
  response.route = mount != nullptr ? mount->path : std::string(head.path);
  return response;
}

bool PagesHandler::TakeFromSecond(std::size_t bytes) {
  const std::int64_t second = absl::ToUnixSeconds(now_());
  absl::MutexLock lock(&mutex_);
  if (second != second_) taken_ = 0;
  second_ = second;
  if (taken_ + bytes > kBytesPerSecond) return false;
  taken_ += bytes;
  return true;
}

HttpResponse PagesHandler::Answer(const RequestHead& head,
                                  const Mount* mount) const {
  if (!OnlyReads(head)) {
    return UnboundResponse(head.method, {"GET", "HEAD", "OPTIONS"});
  }
  return ApplyConditions(ReadConditions(head), FileAnswer(head, mount));
}

HttpResponse PagesHandler::FileAnswer(const RequestHead& head,
                                      const Mount* mount) const {
  if (mount != nullptr && mount->pages.empty()) {
    return ErrorResponse(mount->missing);
  }
  if (mount != nullptr && IsOtherNameOfFirst(*mount, head.path)) {
    const bool deeper = head.path != mount->path;
    return Redirect(308,
                    absl::StrCat(deeper ? "../" : "", mount->first.substr(1)));
  }
  const auto found = files_.find(head.path);
  if (found == files_.end()) return UnboundResponse("GET", {});
  const File& file = found->second;
  HttpResponse response;
  response.content_type = file.page.content_type;
  response.cache_control = file.cache_control;
  if (file.mount != nullptr) response.headers = file.mount->headers;
  const bool can_compress = !file.page.gzip.empty();
  const bool compresses = can_compress && AcceptsGzip(head);
  response.lasting_body = compresses ? file.page.gzip : file.page.body;
  response.headers.emplace_back("ETag",
                                compresses ? file.gzip_etag : file.etag);
  if (can_compress) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (compresses) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

HttpResponse PagesHandler::AnswerError(const absl::Status& status) const {
  return next_.AnswerError(status);
}

}  // namespace webhooks::gateway

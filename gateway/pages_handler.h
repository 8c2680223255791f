#ifndef WEBHOOKS_GATEWAY_PAGES_HANDLER_H_
#define WEBHOOKS_GATEWAY_PAGES_HANDLER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http/request_handler.h"
#include "gateway/page_policies.h"
#include "gateway/pages.h"

namespace webhooks::gateway {

// A file with a path of its own.
struct Document {
  std::string path;
  Page page;
};

// Pages, and where they are.
struct Mount {
  // Their paths begin with this one, which has one segment: "/docs".
  std::string path;
  // The path of the first page: `path`, with a slash at the end if the links of
  // the page are relative to that. Its other names redirect to it.
  std::string first;
  Pages pages;
  // Headers of each answer with a page.
  Headers headers;
  // The error if there are no pages.
  absl::Status missing;
};

// Serves files for browsers and generators, to clients without a key as well,
// and passes other requests to `next`, which must outlive this object. Each
// answer has an ETag, by which a client asks if it is still the same. Files
// below assets/ have a hash of their content in their names, so caches keep
// them for good. A file with a compressed form is compressed for clients that
// accept gzip.
//
// GET / redirects a browser (Accept: text/html) to the first page of
// `home`, the path of a mount, if that has pages.
//
// Each answer takes memory until its client has read it. To bound that, answers
// of at most kBytesPerSecond begin in a second; further requests get 503
// (TOO_MANY_BYTES_BUFFERED).
class PagesHandler : public RequestHandler {
 public:
  static constexpr std::size_t kBytesPerSecond = 8 << 20;

  PagesHandler(RequestHandler& next, std::vector<Document> documents,
               std::vector<Mount> mounts, absl::string_view home,
               std::function<absl::Time()> now = &absl::Now);

  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) override;

  HttpResponse AnswerError(const absl::Status& status) const override;

 private:
  struct File {
    Page page;
    std::string etag;
    std::string gzip_etag;
    absl::string_view cache_control;
    const Mount* mount;  // null: of none
  };

  void Add(std::string path, Page page, const Mount* mount);
  const Mount* MountOf(absl::string_view path) const;
  bool LeadsHome(const RequestHead& head) const;
  HttpResponse Answer(const RequestHead& head, const Mount* mount) const;
  HttpResponse FileAnswer(const RequestHead& head, const Mount* mount) const;
  bool TakeFromSecond(std::size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

  RequestHandler& next_;
  const std::vector<Mount> mounts_;
  const Mount* const home_;
  // By their paths.
  absl::flat_hash_map<std::string, File> files_;
  const std::function<absl::Time()> now_;
  absl::Mutex mutex_;
  std::int64_t second_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_PAGES_HANDLER_H_

#ifndef WEBHOOKS_GATEWAY_DOCS_HANDLER_H_
#define WEBHOOKS_GATEWAY_DOCS_HANDLER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/docs/pages.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Serves the documentation of the API, to clients without a key as well, and
// passes other requests to `next`, which must outlive this object. GET
// /openapi.json returns `openapi`, and GET /descriptors.binpb `descriptors`.
// GET /docs and the paths below it return `pages`, which may connect only to
// this gateway; 404 (DOCS_NOT_INSTALLED) if there are none. Answers may be
// cached: each has an ETag, by which a client asks if it is still the same.
//
// Each answer takes memory until its client has read it. To bound that, answers
// of at most kDocsBytesPerSecond begin in a second; further requests get 503
// (TOO_MANY_BYTES_BUFFERED).
class DocsHandler : public RequestHandler {
 public:
  static constexpr std::size_t kDocsBytesPerSecond = 8 << 20;

  DocsHandler(RequestHandler& next, std::string openapi,
              absl::string_view descriptors, const Pages& pages,
              std::function<absl::Time()> now = &absl::Now);

  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) override;

  HttpResponse AnswerError(const absl::Status& status) const override;

 private:
  struct Document {
    absl::string_view content_type;
    std::string body;
    std::string etag;
  };

  void Add(std::string path, absl::string_view content_type, std::string body);
  HttpResponse Answer(const RequestHead& head) const;
  HttpResponse DocumentAnswer(absl::string_view path) const;
  bool TakeFromSecond(std::size_t bytes) ABSL_LOCKS_EXCLUDED(mutex_);

  RequestHandler& next_;
  // By their paths.
  absl::flat_hash_map<std::string, Document> documents_;
  const std::function<absl::Time()> now_;
  absl::Mutex mutex_;
  std::int64_t second_ ABSL_GUARDED_BY(mutex_) = 0;
  std::size_t taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_DOCS_HANDLER_H_

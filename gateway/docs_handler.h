#ifndef WEBHOOKS_GATEWAY_DOCS_HANDLER_H_
#define WEBHOOKS_GATEWAY_DOCS_HANDLER_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "gateway/docs/pages.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Answers with the documentation of the API, to anybody, and hands everything
// else to `next`, which must outlive this object. GET /openapi.json: `openapi`.
// GET /docs and what is below it: `pages`, which may reach nothing but this
// gateway; 404 (reason DOCS_NOT_INSTALLED) where there are none.
class DocsHandler : public RequestHandler {
 public:
  DocsHandler(RequestHandler& next, std::string openapi, Pages pages);

  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) override;

  HttpResponse AnswerError(const absl::Status& status,
                           int http_status) const override;

 private:
  HttpResponse Answer(const RequestHead& head) const;
  HttpResponse PageAnswer(absl::string_view path) const;

  RequestHandler& next_;
  const std::string openapi_;
  const Pages pages_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_DOCS_HANDLER_H_

#ifndef WEBHOOKS_GATEWAY_API_HANDLER_H_
#define WEBHOOKS_GATEWAY_API_HANDLER_H_

#include <memory>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gateway/backend/backend.h"
#include "gateway/http/request_handler.h"
#include "gateway/known_keys.h"
#include "gateway/transcoding/router.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// Answers requests by the RPCs that their paths are bound to. `router` and
// `backend` must outlive every exchange, and `router` every call of `backend`.
class ApiHandler : public RequestHandler {
 public:
  struct Options {
    // The timeout of a call whose client does not ask for one.
    absl::Duration call_timeout;
    // Passes x-project on, by which administrators choose a project.
    bool accepts_project = true;
  };

  // `key_check` is the method that checks keys (see FindKeyCheck).
  ApiHandler(const Router& router, Backend& backend,
             const google::protobuf::MethodDescriptor& key_check,
             const Options& options);

  // Refuses at once: 501 for an unknown method, 404 for an unknown path, 405,
  // 401 without exactly one x-api-key (unless there is none and a client's
  // certificate), 403 for a page of another site that has only the certificate
  // of its browser, 415 for a body of the wrong type if the binding has a body,
  // 400 for a malformed path or header, 431 for headers that are too large for
  // the server. Answers OPTIONS.
  std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) override;

  HttpResponse AnswerError(const absl::Status& status) const override;

 private:
  const Router& router_;
  Backend& backend_;
  const Options options_;
  const google::protobuf::MethodDescriptor& key_check_;
  // Calls may outlive this.
  const std::shared_ptr<KnownKeys> known_keys_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_API_HANDLER_H_

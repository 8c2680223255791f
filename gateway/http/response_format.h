#ifndef WEBHOOKS_GATEWAY_HTTP_RESPONSE_FORMAT_H_
#define WEBHOOKS_GATEWAY_HTTP_RESPONSE_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// The properties of the request and the connection that decide an answer's
// form.
struct ResponseForm {
  absl::string_view request_id;
  bool keep_alive = false;
  bool is_http10 = false;
  bool is_head = false;
};

// The bytes of `response` as HTTP/1.1, dated `now`.
std::string FormatResponse(const HttpResponse& response,
                           const ResponseForm& form, absl::Time now);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_RESPONSE_FORMAT_H_

#ifndef WEBHOOKS_GATEWAY_HTTP_RESPONSE_FORMAT_H_
#define WEBHOOKS_GATEWAY_HTTP_RESPONSE_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// The properties of the request and the connection that affect the answer's
// form.
struct ResponseForm {
  absl::string_view request_id;
  bool keep_alive = false;
  bool is_http10 = false;
  bool is_head = false;
};

// Returns the bytes of `response` as HTTP/1.1, with the Date `now`.
std::string FormatResponse(const HttpResponse& response,
                           const ResponseForm& form, absl::Time now);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_RESPONSE_FORMAT_H_

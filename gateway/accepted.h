#ifndef WEBHOOKS_GATEWAY_ACCEPTED_H_
#define WEBHOOKS_GATEWAY_ACCEPTED_H_

#include "gateway/http/request_handler.h"

// The forms of an answer that a client accepts (RFC 9110, 12.5). A range with a
// wildcard does not count: it says nothing of a client that was made for these
// forms.
namespace webhooks::gateway {

// Returns true if Accept has text/html, with a weight that is not 0.
bool AcceptsHtml(const RequestHead& head);

// Returns true if Accept-Encoding has gzip, with a weight that is not 0.
bool AcceptsGzip(const RequestHead& head);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_ACCEPTED_H_

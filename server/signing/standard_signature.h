#ifndef WEBHOOKS_SERVER_SIGNING_STANDARD_SIGNATURE_H_
#define WEBHOOKS_SERVER_SIGNING_STANDARD_SIGNATURE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The signature of the header webhook-signature, version 1 of Standard Webhooks
// (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body.
namespace webhooks::server {

// Returns the content that is signed: "id.seconds.body".
std::string SignedContent(absl::string_view id, absl::Time time,
                          absl::string_view body);

// Returns "v1," and the HMAC of `content` in base64. The key is the base64 text
// after "whsec_" in `secret`, decoded. "" if `secret` has another form.
std::string StandardSignature(absl::string_view content,
                              absl::string_view secret);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_STANDARD_SIGNATURE_H_

#ifndef WEBHOOKS_SERVER_SIGNING_PANORA_SIGNATURE_H_
#define WEBHOOKS_SERVER_SIGNING_PANORA_SIGNATURE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// The signature of the header panora-signature: HMAC-SHA256 over an event's
// "data" as JavaScript writes it (see js_json.h), keyed with the secret's text,
// in lower-case hexadecimal.
namespace webhooks::server {

// The signature of the event `payload`, a JSON object; nothing where that is no
// such object or has no "data".
std::optional<std::string> PanoraSignature(absl::string_view payload,
                                           absl::string_view secret);

// Returns true if `signature` is that of `payload`; takes the same time
// whatever its characters are.
bool VerifyPanoraSignature(absl::string_view payload, absl::string_view secret,
                           absl::string_view signature);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_PANORA_SIGNATURE_H_

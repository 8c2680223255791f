#ifndef WEBHOOKS_SERVER_SIGNING_PANORA_SIGNATURE_H_
#define WEBHOOKS_SERVER_SIGNING_PANORA_SIGNATURE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// The signature of the header panora-signature: HMAC-SHA256 over an event's
// "data" as JavaScript writes it (see js_json.h), keyed with the secret's text,
// in lower-case hexadecimal.
namespace webhooks::server {

// Returns the signature of the event `payload`; nullopt if that is not a JSON
// object with "data".
std::optional<std::string> PanoraSignature(absl::string_view payload,
                                           absl::string_view secret);

// Returns true if `signature` is that of `payload`. Compares in constant time.
bool VerifyPanoraSignature(absl::string_view payload, absl::string_view secret,
                           absl::string_view signature);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SIGNING_PANORA_SIGNATURE_H_

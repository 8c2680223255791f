#ifndef WEBHOOKS_SERVER_CALL_API_KEY_H_
#define WEBHOOKS_SERVER_CALL_API_KEY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/runtime/entropy.h"
#include "storage/store.h"

// API keys: "whk_", 43 base-62 digits of 256 random bits, and 6 digits of the
// CRC-32 of the characters before. Secret scanners find a key by its prefix;
// the checksum detects a mistyped key without a look-up.
namespace webhooks::server {

std::string MakeApiKey(Entropy& entropy);

// Returns true if `text` has the form of a key and its checksum is right.
bool IsApiKey(absl::string_view text);

// The administrators' key has the same form, but the prefix "wadm_".
std::string MakeAdminKey(Entropy& entropy);
bool IsAdminKey(absl::string_view text);

// Returns the hash of a key, which is stored and looked up.
ApiKeyHash HashApiKey(absl::string_view key);

// Returns the first characters of a key, which are not secret.
std::string ApiKeyPrefix(absl::string_view key);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_API_KEY_H_

#ifndef WEBHOOKS_SERVER_CALL_API_KEY_H_
#define WEBHOOKS_SERVER_CALL_API_KEY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/runtime/entropy.h"
#include "storage/store.h"

// API keys: "whk_", 43 base-62 digits of 256 random bits, and 6 of the CRC-32
// of what stands before them. The prefix lets secret scanners find a key; the
// checksum tells a mistyped key from an unknown one without a look-up.
namespace webhooks::server {

std::string MakeApiKey(Entropy& entropy);

// Returns true if `text` has the form of a key and its checksum is right.
bool IsApiKey(absl::string_view text);

// The key of administrators: as an API key, but with the prefix "wadm_".
std::string MakeAdminKey(Entropy& entropy);
bool IsAdminKey(absl::string_view text);

// Returns the hash of a key, which is stored and looked up.
ApiKeyHash HashApiKey(absl::string_view key);

// The first characters of a key, which people may see.
std::string ApiKeyPrefix(absl::string_view key);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_API_KEY_H_

#ifndef WEBHOOKS_STORAGE_UUID_H_
#define WEBHOOKS_STORAGE_UUID_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// UUIDs (RFC 9562): as 16 bytes for the database, as text for callers.
namespace webhooks {

// The 16 bytes; compares in the same order as the text.
using Uuid = std::array<std::uint8_t, 16>;

// Makes a version 7 UUID: the milliseconds of `now`, then 74 bits of `random`.
Uuid MakeUuidV7(absl::Time now, const std::array<std::uint8_t, 10>& random);

// Returns the time of a version 7 UUID, to the millisecond; nullopt for another
// version.
std::optional<absl::Time> TimeOfUuidV7(const Uuid& uuid);

// Returns the text, 36 characters in lower case.
std::string FormatUuid(const Uuid& uuid);

// Parses the text in either case. Returns nullopt if `text` is not a UUID.
std::optional<Uuid> ParseUuid(absl::string_view text);

// Returns the 16 bytes of a UUID as a string; "" if `text` is not a UUID.
std::string UuidBytes(absl::string_view text);

// Returns the text of the UUID with the 16 `bytes`.
std::string UuidText(absl::string_view bytes);

// Returns the 16 bytes of the lowest version 7 UUID that can be made at `time`.
std::string LowestIdAt(absl::Time time);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_UUID_H_

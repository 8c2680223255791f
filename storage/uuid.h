#ifndef WEBHOOKS_STORAGE_UUID_H_
#define WEBHOOKS_STORAGE_UUID_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace webhooks {

// A UUID (RFC 9562) as its 16 bytes; compares as its text does.
using Uuid = std::array<std::uint8_t, 16>;

// A version 7 UUID: the milliseconds of `now`, then 74 random bits. `random`
// holds 10 random bytes.
Uuid MakeUuidV7(absl::Time now, const std::array<std::uint8_t, 10>& random);

// Returns the time of a version 7 UUID, to the millisecond; nothing for another
// version.
std::optional<absl::Time> TimeOfUuidV7(const Uuid& uuid);

// The 36-character lower-case form.
std::string FormatUuid(const Uuid& uuid);

// Reads the 36-character form in either case; nothing where `text` is not one.
std::optional<Uuid> ParseUuid(absl::string_view text);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_UUID_H_

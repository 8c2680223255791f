#ifndef WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_TEXT_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Parses numbers and bytes by the proto3 JSON mapping. Functions return false
// for invalid text; the value is unspecified then.
namespace webhooks::gateway {

// Parses an integer in JSON's number grammar and the type's range, exactly.
// Fractions and exponents are accepted if the value is integral ("1.0", "1e2").
bool ReadInteger(absl::string_view text, int32_t& value);
bool ReadInteger(absl::string_view text, int64_t& value);
bool ReadInteger(absl::string_view text, uint32_t& value);
bool ReadInteger(absl::string_view text, uint64_t& value);

// Parses a number in JSON's grammar to the nearest value. A number that is too
// small for the type becomes 0; one that is too large is invalid.
bool ReadReal(absl::string_view text, float& value);
bool ReadReal(absl::string_view text, double& value);

// Parses "NaN", "Infinity" and "-Infinity".
bool ReadRealName(absl::string_view text, double& value);

// Parses base64 in the standard or URL-safe alphabet, with all padding or none.
bool ReadBase64(absl::string_view text, std::string& bytes);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_TEXT_H_

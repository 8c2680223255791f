#ifndef WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_TEXT_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_TEXT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

// Numbers and bytes from text, as the proto3 JSON mapping reads them. Every
// function is false for text that it refuses; what it fills is unspecified
// then.
namespace webhooks::gateway {

// Integers in JSON's number grammar and the type's range. Fractions and
// exponents are read where the value is integral ("1.0", "1e2"), exactly.
bool ReadInteger(absl::string_view text, int32_t& value);
bool ReadInteger(absl::string_view text, int64_t& value);
bool ReadInteger(absl::string_view text, uint32_t& value);
bool ReadInteger(absl::string_view text, uint64_t& value);

// The nearest value to a number in JSON's grammar; what is too small for the
// type is 0, what is too large is refused.
bool ReadReal(absl::string_view text, float& value);
bool ReadReal(absl::string_view text, double& value);

// "NaN", "Infinity" and "-Infinity".
bool ReadRealName(absl::string_view text, double& value);

// Base64 in the standard or URL-safe alphabet, with all of its padding or none.
bool ReadBase64(absl::string_view text, std::string& bytes);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_TEXT_H_

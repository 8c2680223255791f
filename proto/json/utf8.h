#ifndef WEBHOOKS_PROTO_JSON_UTF8_H_
#define WEBHOOKS_PROTO_JSON_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// Well-formed UTF-8 as the Unicode standard has it: no overlong forms, no
// surrogates, nothing over U+10FFFF.
namespace webhooks {

// The length of the longest well-formed beginning of `text`, in bytes.
size_t ValidUtf8Prefix(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// `text` with U+FFFD in the place of every byte that is not well formed.
std::string ReplaceInvalidUtf8(absl::string_view text);

// `text` if it has at most `limit` bytes; else a beginning of it that does not
// end within a character, and "...".
std::string Shorten(absl::string_view text, size_t limit);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_UTF8_H_

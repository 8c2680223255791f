#ifndef WEBHOOKS_PROTO_JSON_UTF8_H_
#define WEBHOOKS_PROTO_JSON_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// Well-formed UTF-8 by the Unicode standard: no overlong forms, no surrogates,
// nothing above U+10FFFF.
namespace webhooks {

// Returns the length of the longest well-formed prefix of `text`, in bytes.
size_t ValidUtf8Prefix(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// Returns `text` with U+FFFD in place of each byte that is not well-formed.
std::string ReplaceInvalidUtf8(absl::string_view text);

// Returns `text` if it has at most `limit` bytes; else a prefix that does not
// end within a character, followed by "...".
std::string Shorten(absl::string_view text, size_t limit);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_UTF8_H_

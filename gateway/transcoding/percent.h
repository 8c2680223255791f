#ifndef WEBHOOKS_GATEWAY_TRANSCODING_PERCENT_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_PERCENT_H_

#include <string>

#include "absl/strings/string_view.h"

// Percent-decoding (RFC 3986, section 2.1).
namespace webhooks::gateway {

enum class PlusSign { kAsItIs, kSpace };

// Appends `text`, decoded, to `out`. Returns false if a '%' is not followed by
// two hexadecimal digits, and `out` is unchanged.
bool AppendPercentDecoded(absl::string_view text, PlusSign plus,
                          std::string& out);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_PERCENT_H_

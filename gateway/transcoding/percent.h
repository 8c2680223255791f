#ifndef WEBHOOKS_GATEWAY_TRANSCODING_PERCENT_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_PERCENT_H_

#include <string>

#include "absl/strings/string_view.h"

// Percent-encoding (RFC 3986, section 2.1).
namespace webhooks::gateway {

enum class PercentRule {
  // Every escape is decoded.
  kAll,
  // %2F stays as it is: the text is one of several segments, and a decoded
  // slash could not be told from one between them.
  kAllButSlash,
  // Every escape is decoded, and '+' is a space.
  kQuery,
};

// Appends `text`, decoded, to `out`. False: an escape is not '%' and two
// hexadecimal digits; what `out` holds then is unspecified.
bool AppendPercentDecoded(absl::string_view text, PercentRule rule,
                          std::string& out);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_PERCENT_H_

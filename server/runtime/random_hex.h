#ifndef WEBHOOKS_SERVER_RUNTIME_RANDOM_HEX_H_
#define WEBHOOKS_SERVER_RUNTIME_RANDOM_HEX_H_

#include <cstddef>
#include <string>

namespace webhooks {

// Returns random hexadecimal digits in lower case. They are unique but
// predictable: not for secrets.
std::string RandomHex(std::size_t digits);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_RANDOM_HEX_H_

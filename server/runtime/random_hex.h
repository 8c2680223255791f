#ifndef WEBHOOKS_SERVER_RUNTIME_RANDOM_HEX_H_
#define WEBHOOKS_SERVER_RUNTIME_RANDOM_HEX_H_

#include <cstddef>
#include <string>

namespace webhooks {

// Returns so many random hexadecimal digits in lower case: unique, but somebody
// who sees many can predict them, so not for secrets.
std::string RandomHex(std::size_t digits);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_RANDOM_HEX_H_

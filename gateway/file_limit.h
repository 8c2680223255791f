#ifndef WEBHOOKS_GATEWAY_FILE_LIMIT_H_
#define WEBHOOKS_GATEWAY_FILE_LIMIT_H_

namespace webhooks::gateway {

// Raises the process's limit of open files as far as it may without privileges,
// and logs a warning where that is too few for `connections`.
void RaiseFileLimit(int connections);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_FILE_LIMIT_H_

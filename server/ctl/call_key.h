#ifndef WEBHOOKS_SERVER_CTL_CALL_KEY_H_
#define WEBHOOKS_SERVER_CTL_CALL_KEY_H_

#include <string>

#include "absl/status/statusor.h"

namespace webhooks::ctl {

// The values of --key and --key_file; "" if they are not given.
struct KeyFlags {
  std::string key;
  std::string file;
};

// Returns the key to send: that of `flags`, else that of WEBHOOKS_KEY or
// WEBHOOKS_KEY_FILE, else "". INVALID_ARGUMENT, without the key: a source gives
// both a key and a file, the file cannot be read, or the key is malformed.
absl::StatusOr<std::string> ReadKey(const KeyFlags& flags);

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_CALL_KEY_H_

#ifndef WEBHOOKS_SERVER_CALL_STABLE_BYTES_H_
#define WEBHOOKS_SERVER_CALL_STABLE_BYTES_H_

#include <string>

#include "google/protobuf/message.h"

namespace webhooks::server {

// Sets `bytes` to the deterministic serialization of `message`, with map
// entries in order. Returns false if it cannot be serialized.
bool WriteStably(const google::protobuf::Message& message, std::string& bytes);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_STABLE_BYTES_H_

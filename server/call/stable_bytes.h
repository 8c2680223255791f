#ifndef WEBHOOKS_SERVER_CALL_STABLE_BYTES_H_
#define WEBHOOKS_SERVER_CALL_STABLE_BYTES_H_

#include <string>

#include "google/protobuf/message.h"

namespace webhooks::server {

// Writes `message`, in the place of what `bytes` held: the same bytes for the
// same content, whoever has made or read it (the entries of a map are in
// order). False: it cannot be written.
bool WriteStably(const google::protobuf::Message& message, std::string& bytes);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_STABLE_BYTES_H_

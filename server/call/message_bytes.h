#ifndef WEBHOOKS_SERVER_CALL_MESSAGE_BYTES_H_
#define WEBHOOKS_SERVER_CALL_MESSAGE_BYTES_H_

#include <grpcpp/support/byte_buffer.h>

#include "google/protobuf/message.h"

namespace webhooks::server {

// Reads `message` from the bytes of a call. Returns false if they are none of
// its type, or hold text that is not UTF-8.
bool ReadMessage(const grpc::ByteBuffer& bytes,
                 google::protobuf::Message& message);

// Writes `message`, always as the same bytes (see stable_bytes.h). Returns
// false if it cannot be written.
bool WriteMessage(const google::protobuf::Message& message,
                  grpc::ByteBuffer& bytes);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_MESSAGE_BYTES_H_

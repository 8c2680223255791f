#ifndef WEBHOOKS_SERVER_CALL_MESSAGE_BYTES_H_
#define WEBHOOKS_SERVER_CALL_MESSAGE_BYTES_H_

#include <grpcpp/support/byte_buffer.h>

#include "google/protobuf/message.h"

namespace webhooks::server {

// Parses `message` from the bytes of a call. Returns false if they are
// malformed, or a string is not UTF-8.
bool ReadMessage(const grpc::ByteBuffer& bytes,
                 google::protobuf::Message& message);

// Serializes `message` as WriteStably does. Returns false if that fails.
bool WriteMessage(const google::protobuf::Message& message,
                  grpc::ByteBuffer& bytes);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_CALL_MESSAGE_BYTES_H_

#include "server/call/message_bytes.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <string>

#include "server/call/stable_bytes.h"

namespace webhooks::server {

bool ReadMessage(const grpc::ByteBuffer& bytes,
                 google::protobuf::Message& message) {
  // Reading empties a buffer; a copy shares its bytes.
  grpc::ByteBuffer copy = bytes;
  return grpc::SerializationTraits<google::protobuf::Message>::Deserialize(
             &copy, &message)
      .ok();
}

bool WriteMessage(const google::protobuf::Message& message,
                  grpc::ByteBuffer& bytes) {
  std::string text;
  if (!WriteStably(message, text)) return false;
  const grpc::Slice slice(text);
  bytes = grpc::ByteBuffer(&slice, 1);
  return true;
}

}  // namespace webhooks::server

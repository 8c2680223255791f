#ifndef WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_WRITER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_WRITER_H_

#include <string>

#include "google/protobuf/message.h"

namespace webhooks::gateway {

// Appends the value of a field whose type is not a message, or element `index`
// of a repeated field, as JSON. Returns false if a string is not UTF-8.
bool AppendScalar(const google::protobuf::Message& message,
                  const google::protobuf::FieldDescriptor* field, int index,
                  std::string& out);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_SCALAR_WRITER_H_

#ifndef WEBHOOKS_GATEWAY_TRANSCODING_ANY_TYPE_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_ANY_TYPE_H_

#include <memory>

#include "absl/strings/string_view.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"

namespace webhooks::gateway {

// An empty message of the type that `type_url` ("type.googleapis.com/..."), as
// in google.protobuf.Any, names; null if no such type is linked in.
std::unique_ptr<google::protobuf::Message> NewMessage(
    absl::string_view type_url);

// Returns the message that `any` packs; null as above, or if its bytes are not
// such a message.
std::unique_ptr<google::protobuf::Message> Unpack(
    const google::protobuf::Any& any);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_ANY_TYPE_H_

#include "gateway/transcoding/any_type.h"

#include <cstddef>
#include <string>

#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(absl::string_view type_url) {
  const size_t slash = type_url.rfind('/');
  if (slash == absl::string_view::npos || slash == 0) return nullptr;
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
          std::string(type_url.substr(slash + 1)));
  if (type == nullptr) return nullptr;
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  return std::unique_ptr<Message>(prototype == nullptr ? nullptr
                                                       : prototype->New());
}

std::unique_ptr<Message> Unpack(const google::protobuf::Any& any) {
  std::unique_ptr<Message> message = NewMessage(any.type_url());
  if (message == nullptr || !message->ParsePartialFromString(any.value())) {
    return nullptr;
  }
  return message;
}

}  // namespace webhooks::gateway

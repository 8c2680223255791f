#include "gateway/openapi/descriptors.h"

namespace webhooks::gateway {
namespace {

constexpr unsigned char kDescriptors[] = {
#include "proto/descriptors.inc"
};

}  // namespace

absl::string_view EmbeddedDescriptors() {
  return {reinterpret_cast<const char*>(kDescriptors), sizeof(kDescriptors)};
}

}  // namespace webhooks::gateway

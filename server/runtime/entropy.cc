#include "server/runtime/entropy.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace webhooks {

void SystemEntropy::Fill(absl::Span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    std::abort();
  }
}

}  // namespace webhooks

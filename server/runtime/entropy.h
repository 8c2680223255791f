#ifndef WEBHOOKS_SERVER_RUNTIME_ENTROPY_H_
#define WEBHOOKS_SERVER_RUNTIME_ENTROPY_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"

namespace webhooks {

// The source of random bytes for ids, keys and secrets. Thread-safe.
class Entropy {
 public:
  virtual ~Entropy() = default;

  // Fills `bytes` with unpredictable bytes.
  virtual void Fill(absl::Span<std::uint8_t> bytes) = 0;

  template <std::size_t kSize>
  std::array<std::uint8_t, kSize> Bytes() {
    std::array<std::uint8_t, kSize> bytes;
    Fill(absl::MakeSpan(bytes));
    return bytes;
  }
};

// OpenSSL's generator, seeded by the kernel. Ends the process if it fails,
// since secrets could be guessed otherwise.
class SystemEntropy final : public Entropy {
 public:
  void Fill(absl::Span<std::uint8_t> bytes) override;
};

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_ENTROPY_H_

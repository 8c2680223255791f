#ifndef WEBHOOKS_TESTS_SUPPORT_FAKE_ENTROPY_H_
#define WEBHOOKS_TESTS_SUPPORT_FAKE_ENTROPY_H_

#include <atomic>
#include <cstdint>

#include "server/runtime/entropy.h"

namespace webhooks::testing {

// Returns bytes that count up.
class FakeEntropy final : public Entropy {
 public:
  void Fill(absl::Span<std::uint8_t> bytes) override {
    for (std::uint8_t& byte : bytes) byte = next_++;
  }

 private:
  std::atomic<std::uint8_t> next_{0};
};

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_FAKE_ENTROPY_H_

#include "server/runtime/random_hex.h"

#include <cstdint>
#include <random>

namespace webhooks {
namespace {

constexpr std::size_t kDigitsOfWord = 16;

std::mt19937_64 SeededGenerator() {
  std::random_device device;
  std::seed_seq seed{device(), device(), device(), device(),
                     device(), device(), device(), device()};
  return std::mt19937_64(seed);
}

}  // namespace

std::string RandomHex(std::size_t digits) {
  static thread_local std::mt19937_64 generator = SeededGenerator();
  std::string hex;
  hex.reserve(digits);
  while (hex.size() < digits) {
    std::uint64_t word = generator();
    for (std::size_t i = 0; i < kDigitsOfWord && hex.size() < digits; ++i) {
      hex.push_back("0123456789abcdef"[word & 0xf]);
      word >>= 4;
    }
  }
  return hex;
}

}  // namespace webhooks

#include "server/runtime/request_id.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"

namespace webhooks {
namespace {

bool IsVisible(char c) { return absl::ascii_isgraph(c); }

}  // namespace

std::string RequestIdOr(absl::string_view given) {
  constexpr std::size_t kMaxSize = 128;
  if (!given.empty() && given.size() <= kMaxSize &&
      std::all_of(given.begin(), given.end(), IsVisible)) {
    return std::string(given);
  }
  std::array<unsigned char, 16> random = {};
  RAND_bytes(random.data(), random.size());
  return absl::BytesToHexString(absl::string_view(
      reinterpret_cast<const char*>(random.data()), random.size()));
}

}  // namespace webhooks

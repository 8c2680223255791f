#include "server/runtime/request_id.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "server/runtime/random_hex.h"

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
  constexpr std::size_t kDigits = 32;
  return RandomHex(kDigits);
}

}  // namespace webhooks

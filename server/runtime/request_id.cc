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

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
  });
}

bool IsAllZeros(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

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

absl::string_view TraceId(absl::string_view traceparent) {
  constexpr std::size_t kSize = 55;
  if (traceparent.size() < kSize || !IsLowerHex(traceparent.substr(0, 2)) ||
      traceparent.substr(0, 2) == "ff" || traceparent[2] != '-' ||
      traceparent[35] != '-' || traceparent[52] != '-') {
    return "";
  }
  // Version 00 ends here; a later version may add fields after a dash.
  if (traceparent.size() > kSize &&
      (traceparent.substr(0, 2) == "00" || traceparent[kSize] != '-')) {
    return "";
  }
  const absl::string_view trace_id = traceparent.substr(3, 32);
  const absl::string_view parent_id = traceparent.substr(36, 16);
  if (!IsLowerHex(trace_id) || !IsLowerHex(parent_id) ||
      !IsLowerHex(traceparent.substr(53, 2)) || IsAllZeros(trace_id) ||
      IsAllZeros(parent_id)) {
    return "";
  }
  return trace_id;
}

}  // namespace webhooks

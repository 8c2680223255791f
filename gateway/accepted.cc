#include "gateway/accepted.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::gateway {
namespace {

// Returns true if `item`, such as "gzip;q=0.5", is `wanted` with a weight that
// is not 0.
bool Accepts(absl::string_view item, absl::string_view wanted) {
  const std::vector<absl::string_view> parts = absl::StrSplit(item, ';');
  if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), wanted)) {
    return false;
  }
  for (absl::string_view part : parts) {
    part = absl::StripAsciiWhitespace(part);
    if (!absl::StartsWithIgnoreCase(part, "q=")) continue;
    double weight = 0;
    return absl::SimpleAtod(part.substr(2), &weight) && weight > 0;
  }
  return true;
}

bool AcceptsIn(const RequestHead& head, absl::string_view field,
               absl::string_view wanted) {
  for (const absl::string_view value : head.Values(field)) {
    for (const absl::string_view item : absl::StrSplit(value, ',')) {
      if (Accepts(item, wanted)) return true;
    }
  }
  return false;
}

}  // namespace

bool AcceptsHtml(const RequestHead& head) {
  return AcceptsIn(head, "accept", "text/html");
}

bool AcceptsGzip(const RequestHead& head) {
  return AcceptsIn(head, "accept-encoding", "gzip");
}

}  // namespace webhooks::gateway

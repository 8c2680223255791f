#include "gateway/http/request_handler.h"

#include "absl/strings/match.h"

namespace webhooks::gateway {

std::vector<absl::string_view> RequestHead::Values(
    absl::string_view name) const {
  std::vector<absl::string_view> values;
  for (const Field& field : fields) {
    if (absl::EqualsIgnoreCase(field.name, name)) {
      values.push_back(field.value);
    }
  }
  return values;
}

}  // namespace webhooks::gateway

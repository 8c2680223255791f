#include "server/runtime/address.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks {
namespace {

std::optional<Address> Parse(absl::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return std::nullopt;
  absl::string_view host = text.substr(0, colon);
  const absl::string_view port = text.substr(colon + 1);
  if (absl::ConsumePrefix(&host, "[")) {
    if (!absl::ConsumeSuffix(&host, "]")) return std::nullopt;
  } else if (host.find(':') != absl::string_view::npos) {
    return std::nullopt;  // which colon is the port's?
  }
  std::uint32_t number;
  if (host.empty() || !absl::SimpleAtoi(port, &number) || number > 65535) {
    return std::nullopt;
  }
  return Address{std::string(host), absl::StrCat(number)};
}

}  // namespace

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  std::optional<Address> address = Parse(text);
  if (address) return *std::move(address);
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not host:port"));
}

absl::StatusOr<std::optional<Address>> ParseOptionalAddress(
    absl::string_view flag, absl::string_view text) {
  if (text.empty()) return std::nullopt;
  std::optional<Address> address = Parse(text);
  if (address) return address;
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, ": '", text, "' is not host:port"));
}

absl::StatusOr<std::vector<Address>> ParseAddresses(absl::string_view text) {
  std::vector<Address> addresses;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    absl::StatusOr<Address> address = ParseAddress(part);
    if (!address.ok()) return address.status();
    addresses.push_back(*std::move(address));
  }
  return addresses;
}

}  // namespace webhooks

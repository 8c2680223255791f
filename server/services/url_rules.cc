#include "server/services/url_rules.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace webhooks::server {
namespace {

constexpr std::size_t kMaxUrl = 2048;
constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxLabel = 63;

absl::string_view View(boost::core::string_view text) {
  return {text.data(), text.size()};
}

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMaxLabel &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

// Decimal, octal or hexadecimal, as inet_aton(3) reads the parts of an address.
bool IsNumber(absl::string_view label) {
  if (absl::StartsWithIgnoreCase(label, "0x")) {
    return std::all_of(label.begin() + 2, label.end(), absl::ascii_isxdigit);
  }
  return std::all_of(label.begin(), label.end(), absl::ascii_isdigit);
}

bool IsDnsName(absl::string_view name) {
  absl::ConsumeSuffix(&name, ".");
  if (name.size() > kMaxHost) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(name, '.');
  return std::all_of(labels.begin(), labels.end(), IsLabel) &&
         !IsNumber(labels.back());
}

// Boost.URL 1.81 reads some numbers above 65535 as other ports.
bool IsPort(absl::string_view port) {
  int number = 0;
  return port.size() <= 5 && absl::SimpleAtoi(port, &number) && number >= 1 &&
         number <= 65535;
}

bool IsHost(const boost::urls::url_view& url) {
  switch (url.host_type()) {
    case boost::urls::host_type::ipv4:
    case boost::urls::host_type::ipv6:
      return true;
    case boost::urls::host_type::name:
      return IsDnsName(View(url.encoded_host()));
    default:
      return false;
  }
}

// RFC 3986, section 3.3: after an authority a path is empty or begins with "/".
// Boost.URL 1.81 lets "https://a:http/" pass, as a path "http/".
bool IsPath(absl::string_view path) {
  return path.empty() || path.front() == '/';
}

bool IsAllowedScheme(absl::string_view scheme, UrlSchemes schemes) {
  return absl::EqualsIgnoreCase(scheme, "https") ||
         (schemes == UrlSchemes::kHttpsOrHttp &&
          absl::EqualsIgnoreCase(scheme, "http"));
}

}  // namespace

std::optional<std::string> FindUrlProblem(absl::string_view text,
                                          UrlSchemes schemes) {
  const char* const absolute = schemes == UrlSchemes::kHttps
                                   ? "must be an absolute https URL"
                                   : "must be an absolute https or http URL";
  if (text.size() > kMaxUrl) return "must hold at most 2,048 characters";
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed.has_value() || !parsed->has_authority() ||
      !IsPath(View(parsed->encoded_path()))) {
    return absolute;
  }
  const boost::urls::url_view& url = *parsed;
  if (!IsAllowedScheme(View(url.scheme()), schemes)) return absolute;
  if (url.has_userinfo()) return "must not hold a user name or password";
  if (url.has_fragment()) return "must not hold a fragment";
  if (!IsHost(url)) return "must name a host by its DNS name or IP address";
  if (!url.port().empty() && !IsPort(View(url.port()))) {
    return "must have a port from 1 to 65535";
  }
  return std::nullopt;
}

}  // namespace webhooks::server

#include "server/services/url_rules.h"

#include <idn2.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
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

// Returns true for a decimal, octal or hexadecimal number, the forms that
// inet_aton(3) accepts in an address.
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

// Returns the authority of a URL; "" without "://".
absl::string_view Authority(absl::string_view text) {
  const std::size_t begin = text.find("://");
  if (begin == absl::string_view::npos) return "";
  text.remove_prefix(begin + 3);
  return text.substr(0, text.find_first_of("/?#\\"));
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isascii);
}

std::string NotAscii(absl::string_view text) {
  const absl::string_view authority = Authority(text);
  if (IsAscii(authority)) return "is not ASCII: percent-encode its UTF-8";
  const std::string host(authority.substr(0, authority.rfind(':')));
  char* ascii = nullptr;
  std::string problem = "is not ASCII: ";
  if (idn2_to_ascii_8z(host.c_str(), &ascii,
                       IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) == IDN2_OK) {
    absl::StrAppend(&problem, "use the A-label ", ascii);
    idn2_free(ascii);
  } else {
    absl::StrAppend(&problem, "use A-labels (xn--...) in the host");
  }
  return problem;
}

// Returns why a URL cannot have the character of `text` at `i`; "" if it can.
std::string CharacterProblem(absl::string_view text, std::size_t i) {
  const char c = text[i];
  if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
    return "holds a control character";
  }
  if (c == ' ') return "holds a space: write it as %20";
  if (!absl::ascii_isascii(static_cast<unsigned char>(c))) {
    return NotAscii(text);
  }
  if (absl::StrContains("<>\"\\^`{|}", {&c, 1})) {
    return absl::StrCat("holds ", absl::string_view(&c, 1),
                        ": write it percent-encoded");
  }
  if (c == '%' && (i + 2 >= text.size() || !absl::ascii_isxdigit(text[i + 1]) ||
                   !absl::ascii_isxdigit(text[i + 2]))) {
    return "holds a % without two hexadecimal digits behind it";
  }
  return "";
}

std::optional<std::string> FindBadCharacter(absl::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string problem = CharacterProblem(text, i);
    if (!problem.empty()) return problem;
  }
  return std::nullopt;
}

bool HasAllowedScheme(absl::string_view text, UrlSchemes schemes) {
  return absl::StartsWithIgnoreCase(text, "https://") ||
         (schemes == UrlSchemes::kHttpsOrHttp &&
          absl::StartsWithIgnoreCase(text, "http://"));
}

// Expects a scheme, and only characters that a URL can have.
std::optional<std::string> FindBadPart(absl::string_view text) {
  const absl::string_view authority = Authority(text);
  if (absl::StrContains(authority, '@')) {
    return "must not hold a user name or password";
  }
  const auto end = static_cast<std::size_t>(authority.data() - text.data()) +
                   authority.size();
  if (text.substr(end).find_first_of("[]") != absl::string_view::npos) {
    return "holds brackets outside of an IPv6 address: write them as %5B and "
           "%5D";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindUrlProblem(absl::string_view text,
                                          UrlSchemes schemes) {
  if (text.size() > kMaxUrl) return "must hold at most 2,048 characters";
  if (auto problem = FindBadCharacter(text)) return problem;
  if (!HasAllowedScheme(text, schemes)) {
    return schemes == UrlSchemes::kHttps
               ? "must be an absolute https URL"
               : "must be an absolute https or http URL";
  }
  if (auto problem = FindBadPart(text)) return problem;
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed.has_value() || !parsed->has_authority() ||
      !IsPath(View(parsed->encoded_path()))) {
    return "must name a host by its DNS name or IP address, IPv6 in brackets, "
           "and perhaps a port";
  }
  const boost::urls::url_view& url = *parsed;
  if (url.has_fragment()) return "must not hold a fragment";
  if (!IsHost(url)) return "must name a host by its DNS name or IP address";
  if (!url.port().empty() && !IsPort(View(url.port()))) {
    return "must have a port from 1 to 65535";
  }
  return std::nullopt;
}

std::string HostOf(absl::string_view url) {
  const auto parsed = boost::urls::parse_uri({url.data(), url.size()});
  return std::string(View(parsed->encoded_host_address()));
}

}  // namespace webhooks::server

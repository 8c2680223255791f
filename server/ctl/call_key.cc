#include "server/ctl/call_key.h"

#include <algorithm>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/runtime/small_file.h"

namespace webhooks::ctl {
namespace {

// A source of the key, and the names of its parts for errors.
struct KeySource {
  KeyFlags given;
  absl::string_view key_name;
  absl::string_view file_name;
};

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

absl::Status CheckKey(absl::string_view key, absl::string_view source) {
  const bool is_visible = std::all_of(
      key.begin(), key.end(), [](char c) { return absl::ascii_isgraph(c); });
  if (is_visible && !key.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(source,
                   ": not a key: it must be one line of visible ASCII "
                   "characters"));
}

absl::StatusOr<std::string> ReadFrom(const KeySource& source) {
  const auto& [key, file] = source.given;
  if (!key.empty() && !file.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "give only one of ", source.key_name, " and ", source.file_name));
  }
  std::string read = key;
  if (!file.empty()) {
    const auto content = ReadSmallFile(file);
    if (!content.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(source.file_name, ": ", content.status().message()));
    }
    read = std::string(absl::StripAsciiWhitespace(*content));
  }
  absl::Status good =
      CheckKey(read, file.empty() ? source.key_name : source.file_name);
  if (!good.ok()) return good;
  return read;
}

}  // namespace

absl::StatusOr<std::string> ReadKey(const KeyFlags& flags) {
  const KeyFlags variables = {Variable("WEBHOOKS_KEY"),
                              Variable("WEBHOOKS_KEY_FILE")};
  for (const KeySource& source :
       {KeySource{flags, "--key", "--key_file"},
        KeySource{variables, "WEBHOOKS_KEY", "WEBHOOKS_KEY_FILE"}}) {
    if (!source.given.key.empty() || !source.given.file.empty()) {
      return ReadFrom(source);
    }
  }
  return "";
}

}  // namespace webhooks::ctl

#include "server/runtime/flag_values.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace webhooks {
namespace {

template <typename T>
bool Holds(const absl::CommandLineFlag& flag) {
  return flag.IsOfType<T>() || flag.IsOfType<std::optional<T>>();
}

// Returns the form of the flag's values, "" if every text is a value.
absl::string_view FormOf(const absl::CommandLineFlag& flag) {
  if (Holds<absl::Duration>(flag)) {
    return "must be a number with a unit (ms, s, m, h), such as 20s or 1h30m";
  }
  if (Holds<bool>(flag)) return "must be true or false";
  if (Holds<int>(flag) || Holds<std::int64_t>(flag)) {
    return "must be a whole number";
  }
  return "";
}

// Excludes Abseil's own flags, which have an effect when they are set.
bool IsAbseils(const absl::CommandLineFlag& flag) {
  return absl::StrContains(flag.Filename(), "absl/");
}

}  // namespace

absl::Status SetFlagValue(absl::CommandLineFlag& flag, absl::string_view source,
                          absl::string_view value) {
  std::string error;
  if (flag.ParseFrom(value, &error)) return absl::OkStatus();
  if (const absl::string_view form = FormOf(flag); !form.empty()) {
    error = std::string(form);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "bad value '", value, "' of ", source, error.empty() ? "" : ": ", error));
}

absl::Status SetFlagValues(absl::Span<const absl::string_view> words) {
  absl::Status status;
  for (std::size_t i = 0; i < words.size() && status.ok(); ++i) {
    absl::string_view name = words[i];
    if (name == "--") break;
    if (!absl::ConsumePrefix(&name, "-")) continue;
    absl::ConsumePrefix(&name, "-");
    const std::size_t equals = name.find('=');
    std::optional<absl::string_view> value;
    if (equals != name.npos) value = name.substr(equals + 1);
    name = name.substr(0, equals);
    absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    if (flag == nullptr) continue;
    if (!value && !flag->IsOfType<bool>() && i + 1 < words.size()) {
      value = words[++i];
    }
    if (!value || IsAbseils(*flag)) continue;
    status = SetFlagValue(*flag, absl::StrCat("--", name), *value);
  }
  return status;
}

}  // namespace webhooks

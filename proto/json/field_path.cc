#include "proto/json/field_path.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/json/json_text.h"
#include "proto/json/utf8.h"

namespace webhooks {
namespace {

constexpr std::size_t kMaxNameSize = 100;

bool IsIdentifier(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_';
  });
}

}  // namespace

void AppendMember(absl::string_view name, std::string& path) {
  if (!IsIdentifier(name)) return AppendKey(name, path);
  absl::StrAppend(&path, path.empty() ? "" : ".", Shorten(name, kMaxNameSize));
}

void AppendIndex(std::size_t index, std::string& path) {
  absl::StrAppend(&path, "[", index, "]");
}

void AppendKey(absl::string_view key, std::string& path) {
  path += '[';
  AppendJsonString(Shorten(key, kMaxNameSize), path);
  path += ']';
}

}  // namespace webhooks

#include "gateway/transcoding/violations.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "proto/json/json_text.h"
#include "proto/json/utf8.h"
#include "proto/rpc/status.h"

namespace webhooks::gateway {
namespace {

// Names come from the request and may be long.
constexpr size_t kMaxNameSize = 64;

bool IsIdentifier(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '_';
  });
}

}  // namespace

void Violations::Add(absl::string_view path, absl::string_view description) {
  if (HasRoom()) AddViolation(list_, Shorten(path, kMaxPathSize), description);
}

absl::Status Violations::ToStatus() const {
  return empty() ? absl::OkStatus() : InvalidFields(list_, "INVALID_REQUEST");
}

void AppendMember(absl::string_view name, std::string& path) {
  if (!IsIdentifier(name)) return AppendKey(name, path);
  absl::StrAppend(&path, path.empty() ? "" : ".", Shorten(name, kMaxNameSize));
}

void AppendIndex(size_t index, std::string& path) {
  absl::StrAppend(&path, "[", index, "]");
}

void AppendKey(absl::string_view key, std::string& path) {
  path += '[';
  AppendJsonString(Shorten(key, kMaxNameSize), path);
  path += ']';
}

}  // namespace webhooks::gateway

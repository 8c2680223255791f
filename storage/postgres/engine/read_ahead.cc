#include "storage/postgres/engine/read_ahead.h"

#include "absl/strings/str_cat.h"

namespace webhooks::postgres {

std::string ReadAhead::KeyOf(const Query& query) {
  std::string key = query.sql;
  for (const Parameter& parameter : query.parameters) {
    absl::StrAppend(&key, "\n", parameter.size(), " ", parameter.bytes());
  }
  return key;
}

std::optional<std::string> ReadAhead::Request(const Query& query) {
  std::string key = KeyOf(query);
  const auto [requested, is_new] = requested_.try_emplace(key);
  const bool is_under_way = !is_new && requested->second.result == nullptr;
  ++requested->second.reads;
  if (is_under_way) return std::nullopt;
  requested->second.result = nullptr;
  return key;
}

void ReadAhead::Arrived(const std::string& key, const Result& result) {
  const auto requested = requested_.find(key);
  if (requested != requested_.end()) requested->second.result = result;
}

bool ReadAhead::IsUnderWay(const Query& query) const {
  if (requested_.empty()) return false;
  const auto requested = requested_.find(KeyOf(query));
  return requested != requested_.end() && requested->second.result == nullptr;
}

Result ReadAhead::Take(const Query& query) {
  if (requested_.empty()) return nullptr;
  const auto requested = requested_.find(KeyOf(query));
  if (requested == requested_.end()) return nullptr;
  Result result = requested->second.result;
  if (--requested->second.reads == 0) requested_.erase(requested);
  return result;
}

}  // namespace webhooks::postgres

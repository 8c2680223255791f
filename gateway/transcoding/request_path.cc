#include "gateway/transcoding/request_path.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/transcoding/percent.h"
#include "proto/json/utf8.h"

namespace webhooks::gateway {
namespace {

// Appends `raw`, decoded except for %2F: in a value of several segments, a
// decoded slash would look like the end of a segment.
void AppendAllButSlashes(absl::string_view raw, std::string& value) {
  constexpr size_t kEscapeSize = 3;
  size_t begin = 0;
  for (size_t at = 0; (at = raw.find('%', at)) != raw.npos; at += kEscapeSize) {
    const absl::string_view escape = raw.substr(at, kEscapeSize);
    if (!absl::EqualsIgnoreCase(escape, "%2F")) continue;
    AppendPercentDecoded(raw.substr(begin, at - begin), PlusSign::kAsItIs,
                         value);
    absl::StrAppend(&value, escape);
    begin = at + kEscapeSize;
  }
  AppendPercentDecoded(raw.substr(begin), PlusSign::kAsItIs, value);
}

}  // namespace

bool RequestPath::Read(absl::string_view path) {
  // Twice the size, as the last segment is decoded with and without its verb.
  if (absl::StrContains(path, '%')) decoded_.reserve(2 * path.size());
  path.remove_prefix(1);
  for (;;) {
    const absl::string_view raw = path.substr(0, path.find('/'));
    Segment& segment = segments_.emplace_back(Segment{raw, raw});
    if (!Decode(raw, segment.text)) return false;
    if (raw.size() == path.size()) break;
    path.remove_prefix(raw.size() + 1);
  }
  whole_ = stem_ = segments_.back();
  return ReadVerb();
}

bool RequestPath::ReadVerb() {
  const size_t colon = whole_.raw.rfind(':');
  if (colon == absl::string_view::npos) return true;
  stem_.raw = whole_.raw.substr(0, colon);
  return Decode(stem_.raw, stem_.text) &&
         Decode(whole_.raw.substr(colon + 1), verb_);
}

bool RequestPath::Decode(absl::string_view raw, absl::string_view& text) {
  text = raw;
  if (absl::StrContains(raw, '%')) {
    const size_t begin = decoded_.size();
    if (!AppendPercentDecoded(raw, PlusSign::kAsItIs, decoded_)) return false;
    text = absl::string_view(decoded_).substr(begin);
  }
  return IsValidUtf8(text) && !absl::StrContains(text, '\0');
}

std::string RequestPath::Value(const PathTemplate& path,
                               const PathTemplate::Variable& variable) const {
  const bool rest =
      path.segments[variable.end - 1].kind == PathTemplate::Kind::kMany;
  const size_t end = rest ? segments_.size() : variable.end;
  if (!rest && end - variable.begin == 1) {
    return absl::StrCat(segments_[variable.begin].text);
  }
  std::string value;
  for (size_t i = variable.begin; i < end; ++i) {
    if (i > variable.begin) value += '/';
    AppendAllButSlashes(segments_[i].raw, value);
  }
  return value;
}

}  // namespace webhooks::gateway

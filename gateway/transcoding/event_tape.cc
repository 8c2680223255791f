#include "gateway/transcoding/event_tape.h"

#include "absl/strings/str_cat.h"

namespace webhooks::gateway {

void EventTape::Begin(Kind kind) {
  open_.push_back(events_.size());
  AddText(kind, {}, "");
}

void EventTape::End(Kind kind) {
  events_[open_.back()].end = events_.size();
  open_.pop_back();
  AddText(kind, {}, "");
}

void EventTape::Clear() {
  events_.clear();
  text_.clear();
}

absl::string_view EventTape::text(size_t at) const {
  return absl::string_view(text_).substr(events_[at].offset, events_[at].size);
}

std::optional<absl::string_view> EventTape::TypeUrl(size_t at) const {
  for (size_t key = at + 1; key < events_[at].end;) {
    const size_t value = key + 1;
    const Event& event = events_[value];
    if (text(key) == "@type") {
      if (event.kind != Kind::kScalar ||
          event.scalar != Scalar::Kind::kString) {
        return std::nullopt;
      }
      return text(value);
    }
    const bool is_container = event.kind != Kind::kScalar;
    key = (is_container ? event.end : value) + 1;
  }
  return std::nullopt;
}

void EventTape::AddText(Kind kind, Scalar::Kind scalar,
                        absl::string_view text) {
  events_.push_back({kind, scalar, text_.size(), text.size(), 0});
  absl::StrAppend(&text_, text);
}

}  // namespace webhooks::gateway

#ifndef WEBHOOKS_GATEWAY_TRANSCODING_REQUEST_PATH_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_REQUEST_PATH_H_

#include <cstddef>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/path_template.h"

namespace webhooks::gateway {

// The path of a request, split at its slashes and decoded. Refers to the text
// from which it was read.
class RequestPath {
 public:
  RequestPath() = default;
  RequestPath(const RequestPath&) = delete;
  RequestPath& operator=(const RequestPath&) = delete;

  // Reads `path`, which begins with '/'. Call it once. Returns false if a
  // percent-escape is malformed, or the decoded path is not UTF-8 or has a NUL.
  bool Read(absl::string_view path);

  // Returns the text behind the last ':' of the last segment, decoded; "" where
  // there is none. A percent-encoded ':' does not count.
  absl::string_view verb() const { return verb_; }

  // The decoded segments. The last one has the verb and its ':', except after
  // UseVerb(true).
  void UseVerb(bool use) { segments_.back() = use ? stem_ : whole_; }
  size_t size() const { return segments_.size(); }
  absl::string_view operator[](size_t i) const { return segments_[i].text; }

  // Returns the value of `variable` of `path`, which this path matches. A
  // variable of several segments keeps the slashes between them, and %2F as it
  // is.
  std::string Value(const PathTemplate& path,
                    const PathTemplate::Variable& variable) const;

 private:
  struct Segment {
    absl::string_view raw;
    absl::string_view text;
  };

  bool ReadVerb();
  bool Decode(absl::string_view raw, absl::string_view& text);

  absl::InlinedVector<Segment, 16> segments_;
  Segment whole_;
  Segment stem_;
  absl::string_view verb_;
  // Holds the decoded text of segments with escapes. Never grows beyond the
  // reserved size, so that views into it stay valid.
  std::string decoded_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_REQUEST_PATH_H_

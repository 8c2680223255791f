#ifndef WEBHOOKS_GATEWAY_TRANSCODING_PATH_TEMPLATE_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_PATH_TEMPLATE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// A parsed path template of google.api.http.
struct PathTemplate {
  enum class Kind {
    kLiteral,
    kOne,   // "*": one segment, not empty
    kMany,  // "**": the rest of the path, of zero or more segments
  };
  struct Segment {
    Kind kind;
    std::string literal;  // decoded
  };
  // A field and the segments [begin, end) that fill it.
  struct Variable {
    std::vector<std::string> field;
    size_t begin;
    size_t end;
  };

  std::vector<Segment> segments;
  std::vector<Variable> variables;
  std::string verb;  // without its ':', decoded; empty: none
};

// Parses a path template. INVALID_ARGUMENT names the part that is malformed.
absl::StatusOr<PathTemplate> ParsePathTemplate(absl::string_view text);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_PATH_TEMPLATE_H_

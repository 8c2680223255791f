#include "proto/json/compact_json.h"

#include "absl/strings/str_cat.h"
#include "proto/json/json_parser.h"
#include "proto/json/json_rewriter.h"

namespace webhooks {

std::optional<std::string> CompactJson(absl::string_view text, int max_depth) {
  JsonRewriter compact;
  JsonParser parser(compact, max_depth);
  if (!parser.Parse(text, /*is_last=*/true)) return std::nullopt;
  return compact.Take();
}

std::string JsonFault(absl::string_view text, int max_depth) {
  JsonRewriter compact;
  JsonParser parser(compact, max_depth);
  parser.Parse(text, /*is_last=*/true);
  const std::size_t byte = parser.byte() + 1;
  switch (parser.error()) {
    case JsonParser::Error::kNone:
      return "";
    case JsonParser::Error::kStopped:
      return absl::StrCat(
          "must not have a key twice in an object: the second ends at byte ",
          byte);
    case JsonParser::Error::kTooDeep:
      return absl::StrCat("must have at most ", max_depth, " levels: byte ",
                          byte, " begins another");
    case JsonParser::Error::kExponentOverflow:
      return absl::StrCat("must have no exponent beyond 31 bits: see byte ",
                          byte);
    case JsonParser::Error::kIncomplete:
      return "must be one JSON value: the end is missing";
    case JsonParser::Error::kExtraText:
    case JsonParser::Error::kSyntax:
      break;
  }
  return absl::StrCat("must be one JSON value: byte ", byte, " is wrong");
}

}  // namespace webhooks

#ifndef WEBHOOKS_PROTO_JSON_FIELD_PATH_H_
#define WEBHOOKS_PROTO_JSON_FIELD_PATH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// Builds the path of a value in a request, for violations:
// `delivery.headers["x-h"]`, `scope[3]`.
namespace webhooks {

// Append `.name` (`name` if the path is empty, `["a name"]` if it is not an
// identifier), `[3]` or `["a key"]`, with at most 100 bytes of a name, as names
// come from the request.
void AppendMember(absl::string_view name, std::string& path);
void AppendIndex(std::size_t index, std::string& path);
void AppendKey(absl::string_view key, std::string& path);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_FIELD_PATH_H_

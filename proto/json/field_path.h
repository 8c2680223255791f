#ifndef WEBHOOKS_PROTO_JSON_FIELD_PATH_H_
#define WEBHOOKS_PROTO_JSON_FIELD_PATH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

// The path of a value within a request, as the violations of both processes
// have it: `delivery.headers["x-h"]`, `scope[3]`.
namespace webhooks {

// Appends `.name` (`name` where the path is empty, and `["a name"]` where it is
// not an identifier), `[3]`, `["a key"]`. At most 100 bytes of a name are
// repeated, since names come from the request.
void AppendMember(absl::string_view name, std::string& path);
void AppendIndex(std::size_t index, std::string& path);
void AppendKey(absl::string_view key, std::string& path);

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_FIELD_PATH_H_

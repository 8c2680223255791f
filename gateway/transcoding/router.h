#ifndef WEBHOOKS_GATEWAY_TRANSCODING_ROUTER_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_ROUTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/transcoding/binding.h"

namespace webhooks::gateway {

// Finds the RPC of an HTTP method and path, by google.api.http annotations.
// Immutable, so thread-safe.
class Router {
 public:
  // The result of a search. If nothing matched, `binding` is null, and
  // `allowed` holds the methods of the path, sorted, with HEAD if there is GET,
  // and OPTIONS last; it is empty if the path is unknown.
  struct Match {
    const Binding* binding = nullptr;
    std::vector<PathValue> path_values;
    std::vector<std::string> allowed;
  };

  // Reads all annotations of `services`, including additional_bindings.
  // INVALID_ARGUMENT names an RPC that has a malformed template, names a field
  // that does not exist or cannot be filled from a path, has a type that is not
  // transcoded, repeats the method and template of another, or streams.
  static absl::StatusOr<Router> Make(
      absl::Span<const google::protobuf::ServiceDescriptor* const> services);

  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // `path` is the request target without its query, percent-encoded. Variables
  // are decoded by segment after routing: %2F becomes '/' in a variable of one
  // segment, and stays %2F in a variable of several segments, which keeps the
  // slashes between them. If several templates match, literals win over `*`,
  // and `*` over `**`, segment by segment from the left. A ':' in the last
  // segment that is not percent-encoded begins a verb if a template of that
  // path has this verb, for any method. HEAD finds the binding of GET.
  // INVALID_ARGUMENT (MALFORMED_PATH): a percent-escape is malformed, or the
  // path does not decode to UTF-8 without NUL.
  absl::StatusOr<Match> Find(absl::string_view method,
                             absl::string_view path) const;

 private:
  struct State;
  explicit Router(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_ROUTER_H_

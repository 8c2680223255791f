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

// Finds the RPC that an HTTP method and path stand for. Built once at start
// from google.api.http annotations; immutable, so thread-safe.
class Router {
 public:
  // The result of resolving a path. `binding` is null where nothing matched;
  // then `allowed` holds the methods that the path knows, sorted, with HEAD
  // beside GET and OPTIONS last, and is empty where the path is unknown.
  struct Match {
    const Binding* binding = nullptr;
    std::vector<PathValue> path_values;
    std::vector<std::string> allowed;
  };

  // Reads every annotation, additional_bindings included, of `services`.
  // INVALID_ARGUMENT names the RPC whose template is malformed, names a field
  // that is not there, cannot be filled from a path or is not transcoded, or
  // that repeats another's method and template, or that streams.
  static absl::StatusOr<Router> Make(
      absl::Span<const google::protobuf::ServiceDescriptor* const> services);

  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // `path` is the request target without its query, still percent-encoded:
  // variables are decoded per segment after routing (%2F stays inside its
  // segment: it is '/' in a variable of one segment, and stays %2F in one of
  // several, whose own slashes stay). Where several templates match, literals
  // win over `*`, and `*` over `**`, segment by segment from the left. A ':' in
  // the last segment, if not percent-encoded, begins a verb wherever a template
  // of that path has it, whatever its method. HEAD finds GET's binding. A
  // malformed percent-escape, or one that decodes to invalid UTF-8 or NUL, is
  // INVALID_ARGUMENT, reason MALFORMED_PATH.
  absl::StatusOr<Match> Find(absl::string_view method,
                             absl::string_view path) const;

 private:
  struct State;
  explicit Router(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_ROUTER_H_

#ifndef WEBHOOKS_GATEWAY_OPENAPI_ERROR_EXAMPLES_H_
#define WEBHOOKS_GATEWAY_OPENAPI_ERROR_EXAMPLES_H_

#include <boost/json/object.hpp>
#include <cstddef>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/openapi/comments.h"

namespace webhooks::gateway {

// An example of each error, as the gateway returns it: the errors of the
// server's calls, which are in the option `error_examples` of the protos, and
// those of the gateway itself. Immutable.
class ErrorExamples {
 public:
  // `body_bytes` is the default limit of bodies, which a message names.
  ErrorExamples(const Comments& comments, std::size_t body_bytes);

  // Returns {name: {"$ref": ...}} of the examples with the HTTP status whose
  // reasons are words of `text`, in the order of `text`.
  boost::json::object Named(absl::string_view text, int http_status) const;

  // Returns the same, whatever the HTTP status.
  boost::json::object Named(absl::string_view text) const;

  // Returns all examples, by reason, for the components of the document.
  boost::json::object Components() const;

 private:
  struct Example {
    int http_status;
    std::string body;
  };

  void Add(const absl::Status& error, int http_status);

  std::map<std::string, Example> by_reason_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_ERROR_EXAMPLES_H_

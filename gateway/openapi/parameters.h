#ifndef WEBHOOKS_GATEWAY_OPENAPI_PARAMETERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_PARAMETERS_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"

// Describes the parts of a request beside its body.
namespace webhooks::gateway {

// The path of a route as OpenAPI writes it.
struct DocumentedPath {
  // One variable segment.
  struct Variable {
    std::string name;
    const FieldPath* field;  // null: nobody reads it
  };

  std::string text;  // "/webhooks/{id}"
  std::vector<Variable> variables;
};

// OpenAPI knows variables of one segment only: of a longer one each segment
// that is no literal is a variable of its own ("id.2"), and the rest of a path,
// "**", is told as if it were one segment.
DocumentedPath PathOf(const Route& route);

// Describes the path, the query and the headers of the route's requests.
boost::json::array Parameters(const Meanings& meanings, Schemas& schemas,
                              const Route& route);

// Returns true if the route reads something that has an ETag: then its requests
// may have conditions.
bool IsConditional(const Route& route);

// The parameter that a header of a message is.
boost::json::object HeaderParameter(const Meanings& meanings, Schemas& schemas,
                                    const HeaderField& header);

// The headers that every call may have, as components.
boost::json::object ParameterComponents();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_PARAMETERS_H_

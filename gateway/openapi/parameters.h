#ifndef WEBHOOKS_GATEWAY_OPENAPI_PARAMETERS_H_
#define WEBHOOKS_GATEWAY_OPENAPI_PARAMETERS_H_

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "gateway/openapi/meanings.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/http_rule.h"

// The parts of a request other than its body.
namespace webhooks::gateway {

// The path of a route in the form of OpenAPI.
struct DocumentedPath {
  // One variable segment.
  struct Variable {
    std::string name;
    const FieldPath* field;  // null: no field
  };

  std::string text;  // "/webhooks/{id}"
  std::vector<Variable> variables;
};

// OpenAPI has only variables of one segment: of a longer variable each segment
// that is not a literal is a variable of its own ("id.2"), and the rest of a
// path, "**", is documented as one segment.
DocumentedPath PathOf(const Route& route);

// Returns the parameters of the route's requests in path, query and headers.
boost::json::array Parameters(const Meanings& meanings, Schemas& schemas,
                              const Route& route);

// Returns true if the route reads a resource with an ETag, so that its requests
// may have conditions.
bool IsConditional(const Route& route);

// Returns the parameter for a header field of a message.
boost::json::object HeaderParameter(const Meanings& meanings, Schemas& schemas,
                                    const HeaderField& header);

// Returns the headers that every call may have, as components.
boost::json::object ParameterComponents();

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_PARAMETERS_H_

#ifndef WEBHOOKS_GATEWAY_OPENAPI_FAILURES_H_
#define WEBHOOKS_GATEWAY_OPENAPI_FAILURES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// A comment, taken apart at the codes that it names: "Does it. NOT_FOUND: there
// is none. DEADLINE_EXCEEDED, CANCELLED: it took too long."
struct ToldFailures {
  struct Failure {
    std::vector<absl::StatusCode> codes;
    std::string text;  // behind the colon, to the next code or paragraph
  };

  std::string rest;  // the comment without its failures
  std::vector<Failure> failures;
};

ToldFailures ReadFailures(absl::string_view comment);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_OPENAPI_FAILURES_H_

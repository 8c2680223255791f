#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_TRANSCODING_TEST_SERVICE_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_TRANSCODING_TEST_SERVICE_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/router.h"
#include "google/protobuf/message.h"

// Transcodes for the services of transcoding_test.proto.
namespace webhooks::gateway {

const Router& TestRouter();

// Returns the binding of a method and path. The test fails if there is none.
const Binding& BindingOf(absl::string_view method, absl::string_view path);

// Routes and reads a whole request; `target` may have a query. NOT_FOUND: no
// binding.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Read(
    absl::string_view method, absl::string_view target,
    absl::string_view body = "");

// Returns the request in text format on one line, or the error as "REASON:
// field, ..." with every violated field.
std::string Summary(
    const absl::StatusOr<std::unique_ptr<google::protobuf::Message>>& request);

// Returns the Summary of "POST /everything" with `body`.
std::string ReadEverything(absl::string_view body);

// A field of Everything, its JSON, and the expected result: its text format, or
// "refused" for a violation of the field.
struct FieldCase {
  absl::string_view field;
  absl::string_view value;
  absl::string_view expected;
};

void PrintTo(const FieldCase& c, std::ostream* out);

// Returns the violations of `status` as "field description".
std::vector<std::string> ViolationsOf(const absl::Status& status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_TRANSCODING_TEST_SERVICE_H_

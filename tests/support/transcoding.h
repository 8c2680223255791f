#ifndef WEBHOOKS_TESTS_SUPPORT_TRANSCODING_H_
#define WEBHOOKS_TESTS_SUPPORT_TRANSCODING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/router.h"
#include "google/protobuf/message.h"

// Transcodes for the services of transcoding_test.proto.
namespace webhooks::gateway {

const Router& TestRouter();

// The binding that a method and path stand for; the test fails without one.
const Binding& BindingOf(absl::string_view method, absl::string_view path);

// Routes and reads a whole request; `target` may have a query. NOT_FOUND: no
// binding.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Read(
    absl::string_view method, absl::string_view target,
    absl::string_view body = "");

// The request as text format on one line, or the error as "REASON: field, ..."
// with every violated field.
std::string Summary(
    const absl::StatusOr<std::unique_ptr<google::protobuf::Message>>& request);

// "POST /everything" with `body`, as Summary gives it.
std::string ReadEverything(absl::string_view body);

// The violations of `status` as "field description".
std::vector<std::string> ViolationsOf(const absl::Status& status);

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_SUPPORT_TRANSCODING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/errors.h"
#include "gateway/transcoding/error_body.h"
#include "gateway/transcoding/router.h"
#include "gateway/transcoding/transcoder.h"
#include "proto/json/json_parser.h"
#include "proto/rpc/status.h"
#include "tests/support/transcoding_test.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Message;

void Check(bool holds) {
  if (!holds) std::abort();
}

const Router& TestRouter() {
  static const Router& router = *new Router(
      Router::Make({test::v1::Everything::descriptor()->file()->service(0)})
          .value());
  return router;
}

absl::StatusOr<std::unique_ptr<Message>> ReadEverything(
    absl::string_view body) {
  const auto match = TestRouter().Find("POST", "/everything");
  return ReadRequest(*match->binding, {}, "", body);
}

absl::StatusOr<std::string> WriteEverything(const Message& message) {
  return WriteResponse(*TestRouter().Find("POST", "/everything")->binding,
                       message);
}

// Checks that the JSON of a message can be read, and that the result has the
// same JSON. Some messages, such as some field masks, have no JSON.
void CheckRoundTrip(const Message& request) {
  const std::unique_ptr<Message> parsed(request.New());
  Check(parsed->ParseFromString(request.SerializeAsString()));
  const auto json = WriteEverything(request);
  if (!json.ok() ||
      request.GetDescriptor() != test::v1::Everything::descriptor()) {
    return;
  }
  const auto again = ReadEverything(*json);
  Check(again.ok());
  Check(*WriteEverything(**again) == *json);
}

void CheckErrorBody(const absl::Status& status) {
  Check(status.code() == absl::StatusCode::kInvalidArgument);
  Check(!Reason(status).empty());
  const std::string body = ErrorBody(status, HttpStatus(status));
  Check(body.size() < 100'000);
  Check(IsJson(body, 64));
}

void Run(absl::string_view input) {
  const size_t line = std::min(input.find('\n'), input.size());
  const absl::string_view head = input.substr(0, line);
  const size_t space = std::min(head.find(' '), head.size());
  const absl::string_view target = absl::ClippedSubstr(head, space + 1);
  const size_t path_size = std::min(target.find('?'), target.size());
  const auto match =
      TestRouter().Find(head.substr(0, space), target.substr(0, path_size));
  if (!match.ok()) return CheckErrorBody(match.status());
  if (match->binding == nullptr) return;
  const absl::string_view query = absl::ClippedSubstr(target, path_size + 1);
  const absl::string_view body = absl::ClippedSubstr(input, line + 1);
  const auto request =
      ReadRequest(*match->binding, match->path_values, query, body);
  // A read in parts has the same result. Only the position of an error may
  // differ, if an invalid escape is cut.
  RequestParser parser(*match->binding, match->path_values, query,
                       std::string(body));
  while (parser.ReadSome(1 + body.size() / 7)) {
  }
  const auto in_parts = parser.Take();
  Check(in_parts.ok() == request.ok());
  Check(Reason(in_parts.status()) == Reason(request.status()));
  if (!request.ok()) return CheckErrorBody(request.status());
  Check((*in_parts)->SerializeAsString() == (*request)->SerializeAsString());
  CheckRoundTrip(**request);
}

}  // namespace
}  // namespace webhooks::gateway

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  webhooks::gateway::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}

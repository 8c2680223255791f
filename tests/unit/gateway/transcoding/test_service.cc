#include "tests/unit/gateway/transcoding/test_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "proto/rpc/status.h"
#include "tests/support/transcoding_test.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::Message;

google::rpc::BadRequest BadRequestOf(const absl::Status& status) {
  google::rpc::BadRequest bad_request;
  const auto payload =
      status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  if (payload) bad_request.ParseFromString(std::string(*payload));
  return bad_request;
}

}  // namespace

const Router& TestRouter() {
  static const Router& router = *[] {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
            "webhooks.test.v1.Transcoding");
    return new Router(Router::Make({service}).value());
  }();
  return router;
}

const Binding& BindingOf(absl::string_view method, absl::string_view path) {
  const auto match = TestRouter().Find(method, path);
  EXPECT_TRUE(match.ok() && match->binding != nullptr) << method << ' ' << path;
  return *match->binding;
}

absl::StatusOr<std::unique_ptr<Message>> Read(absl::string_view method,
                                              absl::string_view target,
                                              absl::string_view body) {
  const size_t path_size = std::min(target.find('?'), target.size());
  const auto match = TestRouter().Find(method, target.substr(0, path_size));
  if (!match.ok()) return match.status();
  if (match->binding == nullptr) return absl::NotFoundError(target);
  return ReadRequest(*match->binding, match->path_values,
                     absl::ClippedSubstr(target, path_size + 1), body);
}

std::string Summary(const absl::StatusOr<std::unique_ptr<Message>>& request) {
  if (request.ok()) {
    google::protobuf::TextFormat::Printer printer;
    printer.SetSingleLineMode(true);
    printer.SetExpandAny(true);
    printer.SetUseShortRepeatedPrimitives(true);
    std::string text;
    printer.PrintToString(**request, &text);
    return std::string(absl::StripSuffix(text, " "));
  }
  const google::rpc::BadRequest bad_request = BadRequestOf(request.status());
  return absl::StrCat(
      Reason(request.status()), ": ",
      absl::StrJoin(bad_request.field_violations(), ", ",
                    [](std::string* out, const auto& violation) {
                      out->append(violation.field());
                    }));
}

std::string ReadEverything(absl::string_view body) {
  return Summary(Read("POST", "/everything", body));
}

void PrintTo(const FieldCase& c, std::ostream* out) {
  *out << c.field << ' ' << c.value;
}

std::vector<std::string> ViolationsOf(const absl::Status& status) {
  std::vector<std::string> violations;
  const google::rpc::BadRequest bad_request = BadRequestOf(status);
  for (const auto& violation : bad_request.field_violations()) {
    violations.push_back(
        absl::StrCat(violation.field(), " ", violation.description()));
  }
  return violations;
}

}  // namespace webhooks::gateway

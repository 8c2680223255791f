#include "gateway/api_handler.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gateway/answers.h"
#include "gateway/call_headers.h"
#include "gateway/conditions.h"
#include "gateway/content.h"
#include "gateway/header_fields.h"
#include "gateway/request_violations.h"
#include "gateway/transcoding/error_body.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/message.h"
#include "proto/rpc/status.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

std::unique_ptr<google::protobuf::Message> NewMessage(
    const google::protobuf::Descriptor* type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(
      factory->GetPrototype(type)->New());
}

// What of a request shapes the answer to it.
struct Asked {
  std::string path;
  std::string query;
  Conditions conditions;
};

HttpResponse ReplyAnswer(const Binding& binding, const Asked& asked,
                         const Backend::Reply& reply) {
  if (!reply.status.ok()) return ErrorAnswer(reply.status);
  absl::StatusOr<std::string> body = WriteResponse(binding, *reply.response);
  if (!body.ok()) return ErrorAnswer(body.status());
  HttpResponse response;
  response.status = binding.success_status;
  response.body = *std::move(body);
  WriteHeaderFields(binding, *reply.response, response);
  WriteNextPage(binding, *reply.response, asked.path, asked.query, response);
  return Under(asked.conditions, std::move(response));
}

// One request that is bound to an RPC.
class CallExchange : public Exchange {
 public:
  // `values` are those of the path and of the headers that are fields.
  CallExchange(Backend& backend, const Binding& binding,
               std::vector<PathValue> values, Asked asked, CallHeaders headers,
               bool must_be_empty)
      : backend_(backend),
        binding_(binding),
        values_(std::move(values)),
        asked_(std::move(asked)),
        headers_(std::move(headers)),
        must_be_empty_(must_be_empty) {}

  absl::string_view route() const override { return binding_.path_template; }

  std::size_t max_body_bytes() const override {
    return binding_.max_body_bytes;
  }

  void Run(std::string body, Respond respond) override {
    if (must_be_empty_ && !body.empty()) {
      return respond(ErrorAnswer(UnsupportedMediaType(), 415));
    }
    ParsedRequest request = ReadRequest(binding_, values_, asked_.query, body);
    if (!request.status.ok() && (request.message == nullptr ||
                                 !AddViolations(request.status, headers_))) {
      return respond(ErrorAnswer(request.status));
    }
    Backend::Call call;
    call.rpc_path = binding_.rpc_path;
    call.metadata = std::move(headers_.metadata);
    call.timeout = headers_.timeout;
    call.request = std::move(request.message);
    call.response = NewMessage(binding_.method->output_type());
    // This object may be gone before the reply comes.
    cancel_ = backend_.Start(
        std::move(call),
        [&binding = binding_, asked = std::move(asked_),
         violations = std::move(request.status),
         respond = std::move(respond)](Backend::Reply reply) mutable {
          reply.status = WithHeaderNames(binding, violations, reply.status);
          if (!violations.ok()) {
            reply.status = WithReply(violations, reply.status);
          }
          HttpResponse response = ReplyAnswer(binding, asked, reply);
          ApplyReplyMetadata(reply.metadata, response);
          respond(std::move(response));
        });
  }

  void Cancel() override {
    if (cancel_ != nullptr) cancel_();
  }

 private:
  Backend& backend_;
  const Binding& binding_;
  const std::vector<PathValue> values_;
  Asked asked_;
  CallHeaders headers_;
  const bool must_be_empty_;
  Backend::Cancel cancel_;
};

HttpResponse Refusal(const Binding& binding, const absl::Status& status,
                     int http_status) {
  HttpResponse response = ErrorAnswer(status, http_status);
  response.route = binding.path_template;
  return response;
}

// What the server would say of such a call, before a body costs memory.
absl::Status CheckKey(const RequestHead& head) {
  const auto keys = head.Values(kApiKeyKey);
  if (keys.empty() && !head.client_certificate.empty()) return absl::OkStatus();
  if (keys.size() == 1 && !keys[0].empty()) return absl::OkStatus();
  return WithReason(
      absl::UnauthenticatedError("exactly one x-api-key is required"),
      "API_KEY_MISSING");
}

}  // namespace

ApiHandler::ApiHandler(const Router& router, Backend& backend,
                       absl::Duration call_timeout)
    : router_(router), backend_(backend), call_timeout_(call_timeout) {}

std::variant<HttpResponse, std::unique_ptr<Exchange>> ApiHandler::Accept(
    const RequestHead& head) {
  absl::StatusOr<Router::Match> match = router_.Find(head.method, head.path);
  if (!match.ok()) return ErrorAnswer(match.status());
  if (match->binding == nullptr) {
    return UnboundAnswer(head.method, match->allowed);
  }
  const Binding& binding = *match->binding;
  if (absl::Status status = CheckKey(head); !status.ok()) {
    return Refusal(binding, status, 401);
  }
  // Elsewhere a body of any type is a violation, found with the others.
  const bool must_be_empty = binding.has_body && MustBeEmpty(head);
  if (absl::Status status = CheckContent(head);
      binding.has_body && !must_be_empty && !status.ok()) {
    return Refusal(binding, status, 415);
  }
  absl::StatusOr<CallHeaders> headers = ReadCallHeaders(head, call_timeout_);
  if (!headers.ok()) return Refusal(binding, headers.status(), 400);
  if (absl::Status status = CheckSize(*headers); !status.ok()) {
    return Refusal(binding, status, 431);
  }
  absl::StatusOr<std::vector<PathValue>> values =
      ReadHeaderFields(binding, head);
  if (!values.ok()) return Refusal(binding, values.status(), 400);
  if (absl::Status status = CheckConditions(head, binding); !status.ok()) {
    return Refusal(binding, status, HttpStatus(status));
  }
  std::move(match->path_values.begin(), match->path_values.end(),
            std::back_inserter(*values));
  return std::make_unique<CallExchange>(
      backend_, binding, *std::move(values),
      Asked{std::string(head.path), std::string(head.query),
            ReadConditions(head, binding)},
      *std::move(headers), must_be_empty);
}

HttpResponse ApiHandler::AnswerError(const absl::Status& status,
                                     int http_status) const {
  return ErrorAnswer(status, http_status);
}

}  // namespace webhooks::gateway

#include "gateway/call_exchange.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gateway/header_fields.h"
#include "gateway/responses.h"
#include "gateway/transcoding/transcoder.h"
#include "google/protobuf/message.h"
#include "server/runtime/metadata.h"

namespace webhooks::gateway {
namespace {

using Clock = std::chrono::steady_clock;
using google::protobuf::MethodDescriptor;

std::unique_ptr<google::protobuf::Message> NewMessage(
    const google::protobuf::Descriptor* type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(
      factory->GetPrototype(type)->New());
}

HttpResponse ReplyAnswer(const BoundRequest& request,
                         const Backend::Reply& reply) {
  const Binding& binding = request.binding;
  if (!reply.status.ok()) {
    return ServerErrorResponse(WithHeaderNames(binding, reply.status));
  }
  absl::StatusOr<std::string> body = WriteResponse(binding, *reply.response);
  if (!body.ok()) return ErrorResponse(body.status());
  HttpResponse response;
  response.status = binding.success_status;
  response.body = *std::move(body);
  WriteHeaderFields(binding, *reply.response, response);
  WriteNextPage(binding, *reply.response, request.path, request.query,
                response);
  return ApplyConditions(request.conditions, std::move(response));
}

// Returns true if the server refused a call because of its caller or the number
// of its calls.
bool IsOfCaller(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

// A call that Run has started. Everything except the answer to the RPC runs on
// the connection's thread.
class CallExchange::Progress
    : public std::enable_shared_from_this<CallExchange::Progress> {
 public:
  Progress(Backend& backend, const MethodDescriptor& key_check,
           std::shared_ptr<KnownKeys> known_keys, BoundRequest request,
           std::string body, Respond respond, Post post)
      : backend_(backend),
        key_check_(key_check),
        known_keys_(std::move(known_keys)),
        request_(std::move(request)),
        deadline_(Clock::now() +
                  absl::ToChronoNanoseconds(request_.headers.timeout)),
        is_long_(body.size() > kParsedAtOnce),
        respond_(std::move(respond)),
        post_(std::move(post)) {
    parser_.emplace(request_.binding, request_.values, request_.query,
                    std::move(body));
  }

  void Begin() {
    if (!is_long_ || IsKnown()) return Parse();
    CheckKey([](Progress& progress, Backend::Reply reply) {
      if (!reply.status.ok() && !absl::IsUnimplemented(reply.status)) {
        return progress.Answer(ServerErrorResponse(reply.status), reply);
      }
      progress.Parse();
    });
  }

  void Cancel() {
    is_cancelled_ = true;
    if (cancel_ != nullptr) cancel_();
  }

 private:
  using OnChecked = void (*)(Progress&, Backend::Reply);

  bool IsKnown() const {
    return known_keys_->Contains(request_.headers.credential);
  }

  void Parse() {
    if (parser_->ReadSome(kParsedAtOnce)) {
      return Later([](Progress& progress) { progress.Parse(); });
    }
    auto message = parser_->Take();
    parser_.reset();
    if (message.ok()) return Call(*std::move(message));
    violations_ = message.status();
    if (IsKnown()) return respond_(ErrorResponse(violations_));
    CheckKey([](Progress& progress, Backend::Reply reply) {
      progress.Answer(IsOfCaller(reply.status)
                          ? ServerErrorResponse(reply.status)
                          : ErrorResponse(progress.violations_),
                      reply);
    });
  }

  // Posts `step`, which does not run if the request is cancelled before.
  template <typename Step>
  void Later(Step step) {
    post_([self = shared_from_this(), step = std::move(step)]() mutable {
      if (!self->is_cancelled_) step(*self);
    });
  }

  // Asks the server if the key is valid.
  void CheckKey(OnChecked on_checked) {
    Start(absl::StrCat("/", key_check_.service()->full_name(), "/",
                       key_check_.name()),
          NewMessage(key_check_.input_type()),
          NewMessage(key_check_.output_type()),
          [self = shared_from_this(), on_checked](Backend::Reply reply) {
            self->Note(reply);
            self->Later([on_checked,
                         reply = std::move(reply)](Progress& progress) mutable {
              on_checked(progress, std::move(reply));
            });
          });
  }

  void Call(std::unique_ptr<google::protobuf::Message> message) {
    Start(request_.binding.rpc_path, std::move(message),
          NewMessage(request_.binding.method->output_type()),
          [self = shared_from_this()](Backend::Reply reply) {
            self->Note(reply);
            self->Answer(ReplyAnswer(self->request_, reply), reply);
          });
  }

  void Start(std::string rpc_path,
             std::unique_ptr<google::protobuf::Message> message,
             std::unique_ptr<google::protobuf::Message> response,
             Backend::Done done) {
    Backend::Call call;
    call.rpc_path = std::move(rpc_path);
    call.metadata = request_.headers.metadata;
    call.timeout = std::max(absl::FromChrono(deadline_ - Clock::now()),
                            absl::ZeroDuration());
    call.request = std::move(message);
    call.response = std::move(response);
    cancel_ = backend_.Start(std::move(call), std::move(done));
  }

  // The server sends the project if it has accepted the caller.
  void Note(const Backend::Reply& reply) {
    if (reply.metadata.count(kProjectIdMetadata) == 0) return;
    known_keys_->Add(request_.headers.credential);
  }

  void Answer(HttpResponse response, const Backend::Reply& reply) {
    ApplyReplyMetadata(reply.metadata, response);
    respond_(std::move(response));
  }

  Backend& backend_;
  const MethodDescriptor& key_check_;
  const std::shared_ptr<KnownKeys> known_keys_;
  const BoundRequest request_;
  const Clock::time_point deadline_;
  const bool is_long_;
  Respond respond_;
  const Post post_;
  std::optional<RequestParser> parser_;
  absl::Status violations_;
  Backend::Cancel cancel_;
  bool is_cancelled_ = false;
};

CallExchange::CallExchange(Backend& backend, const MethodDescriptor& key_check,
                           std::shared_ptr<KnownKeys> known_keys,
                           BoundRequest request)
    : backend_(backend),
      key_check_(key_check),
      known_keys_(std::move(known_keys)),
      binding_(request.binding),
      request_(std::move(request)) {}

CallExchange::~CallExchange() = default;

absl::string_view CallExchange::route() const { return binding_.path_template; }

std::size_t CallExchange::max_body_bytes() const {
  return binding_.max_body_bytes;
}

void CallExchange::Run(std::string body, Respond respond, Post post) {
  if (request_.unless_empty && !body.empty()) {
    return respond(*std::move(request_.unless_empty));
  }
  progress_ = std::make_shared<Progress>(backend_, key_check_, known_keys_,
                                         std::move(request_), std::move(body),
                                         std::move(respond), std::move(post));
  progress_->Begin();
}

void CallExchange::Cancel() {
  if (progress_ != nullptr) progress_->Cancel();
}

}  // namespace webhooks::gateway

#ifndef WEBHOOKS_GATEWAY_CALL_EXCHANGE_H_
#define WEBHOOKS_GATEWAY_CALL_EXCHANGE_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/backend/backend.h"
#include "gateway/call_headers.h"
#include "gateway/conditions.h"
#include "gateway/http/request_handler.h"
#include "gateway/known_keys.h"
#include "gateway/transcoding/binding.h"
#include "google/protobuf/descriptor.h"

namespace webhooks::gateway {

// A request that is bound to an RPC, up to its body.
struct BoundRequest {
  const Binding& binding;
  // From the path, and from the headers that are fields.
  std::vector<PathValue> values;
  std::string path;
  std::string query;
  Conditions conditions;
  CallHeaders headers;
  // The answer to a body that is not empty; unset if a body is accepted.
  std::optional<HttpResponse> unless_empty = std::nullopt;
};

// Answers one request with the result of its RPC. A body beyond kParsedAtOnce
// is parsed only after the server has accepted the key, and in parts of that
// size. A request whose form is wrong is not sent to the server: the answer
// lists the violations, if the server accepts the key.
class CallExchange : public Exchange {
 public:
  static constexpr std::size_t kParsedAtOnce = 64 << 10;

  // `backend` must outlive this. The binding must outlive the call that Run
  // begins.
  CallExchange(Backend& backend,
               const google::protobuf::MethodDescriptor& key_check,
               std::shared_ptr<KnownKeys> known_keys, BoundRequest request);
  ~CallExchange() override;

  absl::string_view route() const override;
  std::size_t max_body_bytes() const override;
  void Run(std::string body, Respond respond, Post post) override;
  void Cancel() override;

 private:
  class Progress;

  Backend& backend_;
  const google::protobuf::MethodDescriptor& key_check_;
  const std::shared_ptr<KnownKeys> known_keys_;
  const Binding& binding_;
  // Until Run.
  BoundRequest request_;
  // From Run on. It may outlive this.
  std::shared_ptr<Progress> progress_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_CALL_EXCHANGE_H_

#ifndef WEBHOOKS_GATEWAY_HTTP_REQUEST_HANDLER_H_
#define WEBHOOKS_GATEWAY_HTTP_REQUEST_HANDLER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/runtime/trace_context.h"

// The interface between the HTTP listener, which knows connections and nothing
// of the API, and the code that answers requests.
namespace webhooks::gateway {

// The other end of a connection.
struct HttpClient {
  // See ClientAddress.
  std::string address;
  // The name of the certificate that it has shown in TLS, and that was
  // verified; "": none.
  std::string certificate;
};

// A request up to its body. The views are valid only during Accept.
struct RequestHead {
  struct Field {
    absl::string_view name;  // as sent: compare without regard to case
    absl::string_view value;
  };

  absl::string_view method = "-";
  // The request target before and after its first '?', percent-encoded; `path`
  // begins with '/', or is "*" where the method is OPTIONS.
  absl::string_view path;
  absl::string_view query;
  std::vector<Field> fields;
  // True if a body follows that is not known to be empty.
  bool has_body = false;
  // The client's x-request-id, or a new one.
  std::string request_id;
  // See HttpClient.
  absl::string_view client_address;
  absl::string_view client_certificate;
  // The request's own span, of the client's trace or of a new one; not begun
  // where there is no head.
  Span span;

  // The values of every field named `name`, in order.
  std::vector<absl::string_view> Values(absl::string_view name) const;
};

// An answer. The listener adds Date, Content-Length, Connection, x-request-id
// and what every answer carries (no-store, nosniff), and leaves the body out
// where the request was HEAD.
struct HttpResponse {
  int status = 200;
  // An answer's content is `body` or, where that is empty, `lasting_body`,
  // which outlives the answer and is not copied for it. Both empty: it has
  // none.
  std::string body;
  absl::string_view lasting_body;
  absl::string_view content_type = "application/json";  // outlives the answer
  std::vector<std::pair<std::string, std::string>> headers;
  // For the log line: the template that the path matched, which an exchange's
  // answer takes from the exchange, the project that the request belonged to,
  // and why it was refused or failed (google.rpc.ErrorInfo). "": not known, or
  // none.
  std::string route;
  std::string project;
  std::string reason;

  absl::string_view content() const {
    return body.empty() ? lasting_body : absl::string_view(body);
  }
};

// Takes the one answer to a request, from any thread. It may be dropped
// uncalled only after Cancel.
using Respond = absl::AnyInvocable<void(HttpResponse)>;

// Runs a function later on the thread of a request's connection, after others
// that wait for that thread. Callable from any thread; the function may be
// dropped uncalled only after Cancel.
using Post = std::function<void(absl::AnyInvocable<void()>)>;

// One request that was accepted. Its functions are called on the thread of the
// request's connection and must not block.
class Exchange {
 public:
  virtual ~Exchange() = default;

  // The template that the request's path matched, for the log line. Valid until
  // this object's end.
  virtual absl::string_view route() const = 0;

  // Returns the most bytes of body that it takes, if that is more than the
  // listener does.
  virtual std::size_t max_body_bytes() const { return 0; }

  // Starts answering; called at most once. The answer may come after this
  // object's end. What takes long is done in parts, each in its turn by `post`.
  virtual void Run(std::string body, Respond respond, Post post) = 0;

  // Nobody waits for the answer any more: stop working on it. Called at most
  // once, and only after Run.
  virtual void Cancel() = 0;
};

// Answers requests. Called from all of the listener's threads at once.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  // Decides by the head alone, before the body is read and before 100 Continue
  // is sent: an answer refuses the request (or needs no body to be given).
  virtual std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) = 0;

  // The answer to a request that the listener itself refuses.
  virtual HttpResponse AnswerError(const absl::Status& status) const = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_REQUEST_HANDLER_H_

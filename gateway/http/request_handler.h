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

// The interface between the HTTP server, which knows nothing of the API, and
// the code that answers requests.
namespace webhooks::gateway {

// The other end of a connection.
struct HttpClient {
  // See ClientAddress.
  std::string address;
  // The name in the client's verified TLS certificate; "": none.
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
  // The request's span, in the client's trace or in a new one; not started if
  // there is no head.
  Span span;

  // Returns the values of every field with the name `name`, in order.
  std::vector<absl::string_view> Values(absl::string_view name) const;
};

// An answer. The server adds Date, Content-Length, Connection, x-request-id and
// the headers of every answer (Cache-Control, nosniff), and leaves out the body
// for HEAD.
struct HttpResponse {
  int status = 200;
  // The content is `body` or, if that is empty, `lasting_body`, which outlives
  // the answer and is not copied. Both empty: no content.
  std::string body;
  absl::string_view lasting_body;
  absl::string_view content_type = "application/json";  // outlives the answer
  // The value of Cache-Control, which outlives the answer. Answers hold
  // secrets, which no cache may keep, unless this says otherwise.
  absl::string_view cache_control = "no-store";
  std::vector<std::pair<std::string, std::string>> headers;
  // For the log line: the path template (of an exchange, Exchange::route
  // counts), the project of the request, and the reason of an error
  // (google.rpc.ErrorInfo). "": none, or not known.
  std::string route;
  std::string project;
  std::string reason;

  absl::string_view content() const {
    return body.empty() ? lasting_body : absl::string_view(body);
  }
};

// Sends the answer to a request; called once, from any thread. It may be
// dropped without a call only after Cancel.
using Respond = absl::AnyInvocable<void(HttpResponse)>;

// Posts a function to the thread of a request's connection. Callable from any
// thread; the function may be dropped without a call only after Cancel.
using Post = std::function<void(absl::AnyInvocable<void()>)>;

// One request that was accepted. Its functions are called on the thread of the
// request's connection and must not block.
class Exchange {
 public:
  virtual ~Exchange() = default;

  // Returns the path template of the request, for the log line. Valid until
  // this object's end.
  virtual absl::string_view route() const = 0;

  // Returns the greatest size of the body in bytes, if it is larger than the
  // server's limit.
  virtual std::size_t max_body_bytes() const { return 0; }

  // Starts to answer; called at most once. The answer may come after this
  // object's end. Long work is done in parts, each posted by `post`.
  virtual void Run(std::string body, Respond respond, Post post) = 0;

  // Stops the work on an answer that is no longer needed. Called at most once,
  // and only after Run.
  virtual void Cancel() = 0;
};

// Answers requests. Called from all threads of the server at once.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  // Decides by the head alone, before the body is read and before 100 Continue
  // is sent. Returns an answer if the request is refused or needs no body.
  virtual std::variant<HttpResponse, std::unique_ptr<Exchange>> Accept(
      const RequestHead& head) = 0;

  // Returns the answer to a request that the server itself refuses.
  virtual HttpResponse AnswerError(const absl::Status& status) const = 0;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_REQUEST_HANDLER_H_

#ifndef WEBHOOKS_GATEWAY_HTTP_REQUEST_READER_H_
#define WEBHOOKS_GATEWAY_HTTP_REQUEST_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gateway/http/chunked_body.h"
#include "gateway/http/request_handler.h"

namespace webhooks::gateway {

// Reads one request from bytes as they arrive; knows nothing of sockets. Not
// thread-safe.
class RequestReader {
 public:
  // `client` must outlive this.
  RequestReader(std::size_t max_header_bytes, const HttpClient& client);
  ~RequestReader();

  // ReadHead and ReadBody remove the bytes of the request from the front of
  // `input` and leave the rest, or an unfinished part. Call them again when
  // more has arrived. After an error the connection's framing is lost.
  absl::Status ReadHead(std::string& input);
  // Sets the limit of the body, once head_done(). BODY_TOO_LARGE: the body is
  // known to be larger.
  absl::Status LimitBody(std::size_t max_body_bytes);
  // Only after LimitBody.
  absl::Status ReadBody(std::string& input);

  bool head_done() const { return head_done_; }
  // Returns true if head and body are complete.
  bool done() const;

  // Returns the head as far as it is known, also after an error. Its views are
  // valid as long as this object.
  const RequestHead& head() const { return head_; }
  // Returns true if the client keeps the connection open for another request.
  bool keep_alive() const;
  bool is_http10() const;
  // Returns true if the client waits for 100 Continue or, for the second, has
  // another expectation.
  bool expects_continue() const;
  bool expects_unknown() const;

  // Returns the number of received bytes of the body that were not taken.
  std::size_t body_bytes() const { return body_.size(); }
  std::string TakeBody() { return std::move(body_); }

 private:
  struct Parser;

  absl::Status ParseHead(absl::string_view block);
  void DescribeHead();
  void DescribeTarget(absl::string_view target);

  const std::size_t max_header_bytes_;
  std::size_t max_body_bytes_ = 0;
  // The size of the part of `input` that was searched for the end of the header
  // block.
  std::size_t scanned_ = 0;
  bool head_done_ = false;
  RequestHead head_;
  std::unique_ptr<Parser> parser_;
  // The rest of a body with a Content-Length, in bytes.
  std::uint64_t body_left_ = 0;
  ChunkedBody chunks_;
  std::string body_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_HTTP_REQUEST_READER_H_

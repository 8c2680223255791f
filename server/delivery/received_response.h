#ifndef WEBHOOKS_SERVER_DELIVERY_RECEIVED_RESPONSE_H_
#define WEBHOOKS_SERVER_DELIVERY_RECEIVED_RESPONSE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::server {

// Collects an HTTP response while it is received. Not thread-safe.
class ReceivedResponse {
 public:
  // Adds a line of a header or trailer section, with its line end. `status` is
  // the status code of the latest status line, which may be this one. Returns
  // false if the headers are too large, which makes the response unusable.
  bool TakeHeader(absl::string_view line, int status);

  // Adds a part of the body. Returns false if no more should be read.
  bool TakeBody(absl::string_view part);

  // Returns true once any byte of a header was received.
  bool has_begun() const { return header_size_ > 0; }

  // Returns true once the final header section is complete, so that `status` is
  // not that of an interim response.
  bool is_complete() const { return is_complete_; }
  bool is_success() const;

  // Returns true if receivers may disagree on the length of the body, so that
  // the connection must not be reused (RFC 9112, section 6.3).
  bool has_ambiguous_length() const;

  bool is_header_too_large() const { return is_header_too_large_; }
  bool is_body_cut() const { return is_body_cut_; }

  // Returns 0 before the first status line.
  int status() const { return status_; }
  // Returns the part of the body that is kept.
  const std::string& body() const { return body_; }
  // Returns "" if there is no Retry-After.
  const std::string& retry_after() const { return retry_after_; }
  // Returns the target of a redirect; "" if the response is none.
  std::string redirect() const;

 private:
  void TakeField(absl::string_view name, absl::string_view value);

  int status_ = 0;
  bool is_complete_ = false;
  bool is_header_too_large_ = false;
  bool is_body_cut_ = false;
  std::size_t header_size_ = 0;
  std::size_t body_size_ = 0;
  std::string body_;
  std::string retry_after_;
  std::string location_;
  // The response has a Content-Length other than 0.
  bool has_length_ = false;
  // The response has a Transfer-Encoding.
  bool has_coding_ = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_RECEIVED_RESPONSE_H_

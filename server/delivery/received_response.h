#ifndef WEBHOOKS_SERVER_DELIVERY_RECEIVED_RESPONSE_H_
#define WEBHOOKS_SERVER_DELIVERY_RECEIVED_RESPONSE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::server {

// The part of an answer that has been received (RFC 9112, section 2.1).
class ReceivedResponse {
 public:
  // Takes a line of a header or trailer section, its end included. `status` is
  // that of the latest status line, this one included. Returns false if the
  // headers are too large: the answer is then of no use.
  bool TakeHeader(absl::string_view line, int status);

  // Takes a part of the body. Returns false if nothing more is to be read.
  bool TakeBody(absl::string_view part);

  // Returns true once any byte of a header was received.
  bool has_begun() const { return header_size_ > 0; }

  // Returns true once the final header section is complete: `status` is the
  // answer's then, and not that of an interim answer.
  bool is_complete() const { return is_complete_; }
  bool is_success() const;

  // Returns true if the headers leave the end of the body in doubt, so that the
  // connection must not be used again (RFC 9112, section 6.3).
  bool has_ambiguous_length() const;

  bool is_header_too_large() const { return is_header_too_large_; }
  bool is_body_cut() const { return is_body_cut_; }

  // 0 before there is one.
  int status() const { return status_; }
  // Returns the part of it that is kept.
  const std::string& body() const { return body_; }
  // "": there is no Retry-After.
  const std::string& retry_after() const { return retry_after_; }

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
  // There is a Content-Length other than 0, or a Transfer-Encoding.
  bool has_length_ = false;
  bool has_coding_ = false;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_RECEIVED_RESPONSE_H_

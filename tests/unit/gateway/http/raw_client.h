#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_RAW_CLIENT_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_RAW_CLIENT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// A client that sends exactly the given bytes. Each wait ends after ten
// seconds, and then fails the test.
class RawClient {
 public:
  // Connects to "127.0.0.1:port".
  explicit RawClient(absl::string_view address);
  RawClient(RawClient&& other) noexcept;
  ~RawClient();

  // Sends `bytes`; stops if the other end accepts no more.
  void Send(absl::string_view bytes);
  // Closes the sending half.
  void EndSending();
  // Closes both halves; with an RST if `reset`.
  void Close(bool reset = false);

  // Returns one answer: its head, and a body of Content-Length bytes. "" if the
  // connection ends before that.
  std::string ReadAnswer();
  // Returns one answer without a body, such as the answer to HEAD.
  std::string ReadHead();
  // Returns all bytes until the other end closes.
  std::string ReadToEnd();
  // Returns true if the other end closed the connection without another byte.
  bool IsClosed();

  // For clients that use the socket themselves.
  int socket() const { return socket_; }

 private:
  bool ReadMore();

  int socket_;
  std::string unread_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_RAW_CLIENT_H_

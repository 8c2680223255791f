#ifndef WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_RAW_CLIENT_H_
#define WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_RAW_CLIENT_H_

#include <string>

#include "absl/strings/string_view.h"

namespace webhooks::gateway {

// A client that sends exactly the bytes it is given. Every wait ends after ten
// seconds, which fails the test that waited.
class RawClient {
 public:
  // Connects to "127.0.0.1:port".
  explicit RawClient(absl::string_view address);
  RawClient(RawClient&& other) noexcept;
  ~RawClient();

  // Sends all of `bytes`, as far as the other end takes them.
  void Send(absl::string_view bytes);
  // Ends the sending half.
  void EndSending();
  // Closes both halves; with an RST if `reset`.
  void Close(bool reset = false);

  // One answer: its head, and as much of a body as Content-Length says. "" if
  // the connection ends before.
  std::string ReadAnswer();
  // The head alone, as of an answer to HEAD.
  std::string ReadHead();
  // Everything until the other end closes.
  std::string ReadToEnd();
  // Returns true if the other end closed the connection without another byte.
  bool IsClosed();

  // For those who speak on it themselves.
  int socket() const { return socket_; }

 private:
  bool ReadMore();

  int socket_;
  std::string unread_;
};

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_TESTS_UNIT_GATEWAY_HTTP_RAW_CLIENT_H_

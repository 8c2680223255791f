#include "tests/unit/gateway/http/raw_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

const std::string kHeadEnd = "\r\n\r\n";

std::size_t ContentLength(absl::string_view head) {
  constexpr absl::string_view kName = "Content-Length: ";
  const std::size_t begin = head.find(kName);
  if (begin == absl::string_view::npos) return 0;
  const absl::string_view rest = head.substr(begin + kName.size());
  std::size_t length = 0;
  EXPECT_TRUE(absl::SimpleAtoi(rest.substr(0, rest.find('\r')), &length));
  return length;
}

}  // namespace

RawClient::RawClient(absl::string_view address)
    : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  std::uint32_t port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  const timeval timeout = {.tv_sec = 10, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  sockaddr_in server = {};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(port));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&server),
                    sizeof(server)),
            0);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      unread_(std::move(other.unread_)) {}

RawClient::~RawClient() { Close(); }

void RawClient::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent =
        send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void RawClient::EndSending() { shutdown(socket_, SHUT_WR); }

void RawClient::Close(bool reset) {
  if (socket_ < 0) return;
  if (reset) {
    const linger none = {.l_onoff = 1, .l_linger = 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  }
  close(std::exchange(socket_, -1));
}

bool RawClient::ReadMore() {
  char buffer[4096];
  const ssize_t size = recv(socket_, buffer, sizeof(buffer), 0);
  EXPECT_FALSE(size < 0 && errno == EAGAIN) << "no answer came";
  if (size <= 0) return false;
  unread_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

std::string RawClient::ReadHead() {
  std::size_t end;
  while ((end = unread_.find(kHeadEnd)) == std::string::npos) {
    if (!ReadMore()) return "";
  }
  std::string head = unread_.substr(0, end + kHeadEnd.size());
  unread_.erase(0, head.size());
  return head;
}

std::string RawClient::ReadAnswer() {
  const std::string head = ReadHead();
  const std::size_t size = ContentLength(head);
  while (unread_.size() < size) {
    if (!ReadMore()) return "";
  }
  const std::string body = unread_.substr(0, size);
  unread_.erase(0, size);
  unread_.shrink_to_fit();
  return head + body;
}

std::string RawClient::ReadToEnd() {
  while (ReadMore()) {
  }
  return std::exchange(unread_, "");
}

bool RawClient::IsClosed() {
  char byte;
  return unread_.empty() && recv(socket_, &byte, 1, 0) == 0;
}

}  // namespace webhooks::gateway

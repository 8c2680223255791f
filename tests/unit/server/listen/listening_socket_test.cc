#include "server/listen/listening_socket.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_folder.h"

namespace webhooks::server {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class UnixSocketTest : public ::testing::Test {
 protected:
  std::string Address() const { return "unix:" + path_; }

  const testing::TempFolder folder_;
  const std::string path_ = folder_.Path("socket");
};

TEST(ListeningSocket, TakesHostAndPortOrThePathOfAUnixSocket) {
  for (const char* address :
       {"127.0.0.1:0", "localhost:80", "[::1]:65535", "unix:a", "unix:///a"}) {
    EXPECT_TRUE(CheckListenAddress(address).ok()) << address;
  }
  for (const std::string& address :
       {std::string(), std::string(":80"), std::string("127.0.0.1"),
        std::string("127.0.0.1:65536"), std::string("::1:80"),
        std::string("unix:"), "unix:" + std::string(108, 'a')}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckListenAddress(address)))
        << address;
  }
}

TEST(ListeningSocket, ReportsThePickedPort) {
  const auto sockets = ListeningSocket::Open("127.0.0.1:0");
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  ASSERT_EQ(sockets->size(), 1u);
  EXPECT_THAT(sockets->front().address(),
              MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
}

TEST(ListeningSocket, RefusesAnAddressOutsideItsScope) {
  for (const char* address : {"127.0.0.1:0", "127.1.2.3:0", "localhost:0"}) {
    EXPECT_TRUE(ListeningSocket::Open(address, PeerScope::kThisMachine).ok())
        << address;
  }
  for (const char* address : {"0.0.0.0:0", "[::]:0", "[::ffff:127.0.0.1]:0"}) {
    const auto refused =
        ListeningSocket::Open(address, PeerScope::kThisMachine);
    EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << address;
    EXPECT_THAT(refused.status().message(), HasSubstr("--allow_plaintext"));
  }
  EXPECT_TRUE(ListeningSocket::Open("0.0.0.0:0", PeerScope::kAnywhere).ok());
}

TEST_F(UnixSocketTest, IsAlwaysWithinThisMachine) {
  EXPECT_TRUE(ListeningSocket::Open(Address(), PeerScope::kThisMachine).ok());
}

TEST(ListeningSocket, ReportsAnAddressInUseWithItsCause) {
  const auto first = ListeningSocket::Open("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  const std::string& address = first->front().address();
  const auto second = ListeningSocket::Open(address);
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().message(), HasSubstr(address));
  EXPECT_THAT(second.status().message(), HasSubstr("already in use"));
}

TEST(ListeningSocket, ReportsAnUnknownHost) {
  const auto sockets = ListeningSocket::Open("nowhere.invalid:80");
  EXPECT_TRUE(absl::IsUnavailable(sockets.status()));
  EXPECT_THAT(sockets.status().message(), HasSubstr("nowhere.invalid"));
}

TEST_F(UnixSocketTest, CreatesAndRemovesItsFile) {
  {
    const auto sockets = ListeningSocket::Open("unix://" + path_);
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    EXPECT_EQ(sockets->front().address(), Address());
    EXPECT_TRUE(std::filesystem::is_socket(path_));
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixSocketTest, LeavesTheSocketOfALiveServerAlone) {
  const auto first = ListeningSocket::Open(Address());
  ASSERT_TRUE(first.ok());
  const auto second = ListeningSocket::Open(Address());
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(second.status().message(), HasSubstr(path_));
  EXPECT_TRUE(std::filesystem::is_socket(path_));
}

TEST_F(UnixSocketTest, ReplacesTheSocketOfADeadServer) {
  const int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(left, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
            0);
  close(left);
  const auto sockets = ListeningSocket::Open(Address());
  EXPECT_TRUE(sockets.ok()) << sockets.status();
}

TEST_F(UnixSocketTest, LeavesTheSocketOfAnotherKindAlone) {
  const int other = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(bind(other, reinterpret_cast<sockaddr*>(&address), sizeof(address)),
            0);
  EXPECT_TRUE(absl::IsUnavailable(ListeningSocket::Open(Address()).status()));
  EXPECT_TRUE(std::filesystem::is_socket(path_));
  close(other);
}

TEST_F(UnixSocketTest, LeavesAFileThatIsNotASocketAlone) {
  std::ofstream(path_) << "precious";
  const auto sockets = ListeningSocket::Open(Address());
  EXPECT_TRUE(absl::IsUnavailable(sockets.status()));
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(UnixSocketTest, LeavesASocketThatReplacedItsOwnAlone) {
  auto first = ListeningSocket::Open(Address());
  ASSERT_TRUE(first.ok());
  std::filesystem::remove(path_);
  const auto second = ListeningSocket::Open(Address());
  ASSERT_TRUE(second.ok());
  first->clear();
  EXPECT_TRUE(std::filesystem::is_socket(path_));
}

}  // namespace
}  // namespace webhooks::server

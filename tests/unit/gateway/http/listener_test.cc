#include "gateway/http/listener.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

NextAccept AfterErrno(int number) {
  return NextAcceptAfter({number, boost::system::system_category()});
}

TEST(Listener, AcceptsAtOnceAfterAConnection) {
  EXPECT_EQ(NextAcceptAfter({}), NextAccept::kNow);
  EXPECT_EQ(AfterErrno(ECONNABORTED), NextAccept::kNow);
}

TEST(Listener, WaitsAfterAnErrorThatIsNotTheClients) {
  for (const int number : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM}) {
    EXPECT_EQ(AfterErrno(number), NextAccept::kLater) << number;
  }
}

TEST(Listener, EndsAfterItIsClosed) {
  EXPECT_EQ(AfterErrno(ECANCELED), NextAccept::kNever);
}

}  // namespace
}  // namespace webhooks::gateway

#include "gateway/http/listener.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace webhooks::gateway {
namespace {

NextAccept AfterErrno(int number) {
  return After({number, boost::system::system_category()});
}

TEST(Listener, AcceptsOnAtOnceAfterAConnection) {
  EXPECT_EQ(After({}), NextAccept::kNow);
  EXPECT_EQ(AfterErrno(ECONNABORTED), NextAccept::kNow);
}

TEST(Listener, RestsAfterWhateverIsNotTheClients) {
  for (const int number : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM}) {
    EXPECT_EQ(AfterErrno(number), NextAccept::kLater) << number;
  }
}

TEST(Listener, EndsOnceItIsClosed) {
  EXPECT_EQ(AfterErrno(ECANCELED), NextAccept::kNever);
}

}  // namespace
}  // namespace webhooks::gateway

#include "server/runtime/process.h"

#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <limits>
#include <new>

#include "gtest/gtest.h"
#include "server/runtime/stop_signals.h"

namespace webhooks {
namespace {

TEST(ProcessDeathTest, EndsWhenItIsOutOfMemory) {
#ifdef __has_feature
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "the sanitizer's allocator calls no handler";
#endif
#endif
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        BeginProcess();
        volatile std::size_t size = std::numeric_limits<std::size_t>::max() / 2;
        ::operator delete(::operator new(size));
      },
      ::testing::ExitedWithCode(kOutOfMemory), "out of memory");
}

TEST(ProcessDeathTest, EndsIfItDoesNotStopInTime) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        EndProcessAfter(-absl::Seconds(10) + absl::Milliseconds(1));
        pause();
      },
      ::testing::ExitedWithCode(kNotStopped), "did not stop in time");
}

// Gets one SIGTERM, and another at once.
[[noreturn]] void GetTwoSignals(absl::Duration ignore_for) {
  BlockStopSignals();
  std::raise(SIGTERM);
  WaitForStopSignal(ignore_for);
  std::raise(SIGTERM);
  _exit(0);
}

TEST(ProcessDeathTest, ASecondSignalThatComesWithTheFirstIsIgnored) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(GetTwoSignals(absl::Hours(1)), ::testing::ExitedWithCode(0), "");
}

TEST(ProcessDeathTest, ASecondSignalThatComesLaterEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(GetTwoSignals(absl::ZeroDuration()),
              ::testing::KilledBySignal(SIGTERM), "");
}

TEST(ProcessDeathTest, TellsIfASignalComesInTime) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        BlockStopSignals();
        if (StopSignalWithin(absl::ZeroDuration())) _exit(1);
        std::raise(SIGINT);
        _exit(StopSignalWithin(absl::Hours(1)) ? 0 : 2);
      },
      ::testing::ExitedWithCode(0), "");
}

// A shell starts a command in the background with SIGINT ignored.
TEST(ProcessDeathTest, GoesOnIfItWasStartedWithASignalIgnored) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        BlockStopSignals();
        UnblockStopSignals();
        std::raise(SIGINT);
        _exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace webhooks

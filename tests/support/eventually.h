#ifndef WEBHOOKS_TESTS_SUPPORT_EVENTUALLY_H_
#define WEBHOOKS_TESTS_SUPPORT_EVENTUALLY_H_

#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace webhooks::testing {

// Waits until `is_true` returns true, for a state that nothing reports. Returns
// false after half a minute.
template <typename Condition>
bool Eventually(Condition&& is_true) {
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!is_true()) {
    if (absl::Now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_EVENTUALLY_H_

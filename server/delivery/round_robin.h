#ifndef WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_
#define WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace webhooks::server {

// A queue in which projects take turns, and within a project urgent items and
// others, as long as there are both: neither wait for ever. Among its like an
// item waits for those that were added before it. Items are held by pointer and
// not owned. Not thread-safe.
template <typename T>
class RoundRobin {
 public:
  void Add(const std::string& project, T* item, bool is_urgent) {
    Items& items = items_[project];
    if (items.empty()) ready_.push_back(project);
    (is_urgent ? items.urgent : items.others).push_back(item);
  }

  // Removes and returns the first item of the next project for which
  // `may(project)` is true; null if there is none. A project for which it is
  // false is passed over, and asked for again, before the others, once
  // `version` differs from that of the last call. So each change of the version
  // costs one question for each project that was passed over, and nothing else
  // does.
  template <typename May>
  T* Pop(std::int64_t version, May may) {
    if (std::exchange(version_, version) != version) {
      ready_.splice(ready_.begin(), passed_over_);
    }
    while (!ready_.empty()) {
      if (may(ready_.front())) return Take();
      passed_over_.splice(passed_over_.end(), ready_, ready_.begin());
    }
    return nullptr;
  }

 private:
  struct Items {
    bool empty() const { return urgent.empty() && others.empty(); }

    // The first of the urgent items, or of the others if it is their turn.
    T* Take() {
      const bool is_other =
          urgent.empty() || (is_turn_of_others && !others.empty());
      is_turn_of_others = !is_other;
      std::deque<T*>& items = is_other ? others : urgent;
      T* const item = items.front();
      items.pop_front();
      return item;
    }

    std::deque<T*> urgent;
    std::deque<T*> others;
    bool is_turn_of_others = false;
  };

  T* Take() {
    const auto found = items_.find(ready_.front());
    T* const item = found->second.Take();
    if (found->second.empty()) {
      items_.erase(found);
      ready_.pop_front();
    } else {
      ready_.splice(ready_.end(), ready_, ready_.begin());
    }
    return item;
  }

  absl::flat_hash_map<std::string, Items> items_;
  // The projects that have items: in the order of their turns, and those that
  // were passed over since version_ has changed.
  std::list<std::string> ready_;
  std::list<std::string> passed_over_;
  std::int64_t version_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

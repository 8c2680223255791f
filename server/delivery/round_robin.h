#ifndef WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_
#define WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace webhooks::server {

// A queue in which projects take turns. Within a project, urgent and other
// items alternate, each kind in the order in which it was added. Items are held
// by pointer and not owned. Not thread-safe.
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
  // false is skipped until a call with another `version`, and then comes before
  // the others. Each new version therefore costs one call of `may` for each
  // skipped project.
  template <typename May>
  T* Pop(std::int64_t version, May may) {
    if (std::exchange(version_, version) != version) {
      ready_.splice(ready_.begin(), skipped_);
    }
    while (!ready_.empty()) {
      if (may(ready_.front())) return Take();
      skipped_.splice(skipped_.end(), ready_, ready_.begin());
    }
    return nullptr;
  }

 private:
  struct Items {
    bool empty() const { return urgent.empty() && others.empty(); }

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
  // The projects with items: those in turn, and those that were skipped since
  // version_ has changed.
  std::list<std::string> ready_;
  std::list<std::string> skipped_;
  std::int64_t version_ = 0;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

#ifndef WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_
#define WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

#include <cstddef>
#include <deque>
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
    if (items.empty()) order_.push_back(project);
    (is_urgent ? items.urgent : items.others).push_back(item);
  }

  // Removes and returns the first item of the next project for which
  // `may(project)` is true; null if there is none.
  template <typename May>
  T* Pop(May may) {
    for (std::size_t tried = 0; tried < order_.size(); ++tried) {
      std::string project = std::move(order_.front());
      order_.pop_front();
      if (may(project)) return Take(std::move(project));
      order_.push_back(std::move(project));
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

  T* Take(std::string project) {
    const auto found = items_.find(project);
    Items& items = found->second;
    T* const item = items.Take();
    if (items.empty()) {
      items_.erase(found);
    } else {
      order_.push_back(std::move(project));
    }
    return item;
  }

  absl::flat_hash_map<std::string, Items> items_;
  std::deque<std::string> order_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

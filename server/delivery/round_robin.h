#ifndef WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_
#define WEBHOOKS_SERVER_DELIVERY_ROUND_ROBIN_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace webhooks::server {

// A queue in which projects take turns. Within a project, urgent items come
// before others, and else in the order in which they were added. Items are held
// by pointer and not owned. Not thread-safe.
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

    std::deque<T*> urgent;
    std::deque<T*> others;
  };

  T* Take(std::string project) {
    const auto found = items_.find(project);
    Items& items = found->second;
    std::deque<T*>& first = items.urgent.empty() ? items.others : items.urgent;
    T* const item = first.front();
    first.pop_front();
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

#ifndef WEBHOOKS_SERVER_DELIVERY_LINE_H_
#define WEBHOOKS_SERVER_DELIVERY_LINE_H_

#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace webhooks::server {

// A line that those of every project stand in: the projects take turns, and
// within each its own, in the order in which they came. T's are known by their
// pointers. For one thread at a time.
template <typename T>
class Line {
 public:
  void Add(const std::string& project, T* one) {
    std::deque<T*>& own = projects_[project];
    if (own.empty()) order_.push_back(project);
    own.push_back(one);
  }

  // Takes out the first one of the next project that `may` lets through, by its
  // name; null: there is none.
  template <typename May>
  T* Pop(May may) {
    for (std::size_t tried = 0; tried < order_.size(); ++tried) {
      std::string name = std::move(order_.front());
      order_.pop_front();
      if (may(name)) return Take(std::move(name));
      order_.push_back(std::move(name));
    }
    return nullptr;
  }

 private:
  T* Take(std::string name) {
    const auto own = projects_.find(name);
    T* const one = own->second.front();
    own->second.pop_front();
    if (own->second.empty()) {
      projects_.erase(own);
    } else {
      order_.push_back(std::move(name));
    }
    return one;
  }

  absl::flat_hash_map<std::string, std::deque<T*>> projects_;
  std::deque<std::string> order_;
};

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_DELIVERY_LINE_H_

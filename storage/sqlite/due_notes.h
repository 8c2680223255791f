#ifndef WEBHOOKS_STORAGE_SQLITE_DUE_NOTES_H_
#define WEBHOOKS_STORAGE_SQLITE_DUE_NOTES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/delivery_queue.h"

namespace webhooks::sqlite {

// What a change has to tell DeliveryQueue::Watcher once it is committed.
class DueNotes {
 public:
  void Add(absl::string_view project, absl::string_view webhook,
           absl::Time due) {
    notes_.push_back({{std::string(project), std::string(webhook)}, due});
  }

  // As Add, of an endpoint whose leases should be given up.
  void AddChanged(absl::string_view project, absl::string_view webhook,
                  absl::Time due) {
    Add(project, webhook, due);
    notes_.back().has_changed = true;
  }

  const std::vector<EndpointDue>& notes() const { return notes_; }

 private:
  std::vector<EndpointDue> notes_;
};

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_DUE_NOTES_H_

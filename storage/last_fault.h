#ifndef WEBHOOKS_STORAGE_LAST_FAULT_H_
#define WEBHOOKS_STORAGE_LAST_FAULT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "proto/rpc/status.h"
#include "storage/store_observer.h"

namespace webhooks {

// Keeps the driver's message about the last fault, for the operator of a
// command. A server writes these messages to its log instead.
class LastFault final : public StoreObserver {
 public:
  void Faulted(absl::string_view operation, absl::string_view cause) override {
    text_ = absl::StrCat(operation, ": ", cause);
  }

  // Returns `status` with the message of the last fault, if it is an error of
  // storage/errors.h, whose message is for callers of a server. Returns any
  // other status as it is: its message is for the operator already.
  absl::Status Explain(const absl::Status& status) const {
    if (text_.empty() || Reason(status).empty()) return status;
    return absl::Status(status.code(), text_);
  }

 private:
  std::string text_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_LAST_FAULT_H_

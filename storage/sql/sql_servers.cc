#include "storage/sql/sql_store.h"

#include <utility>
#include <vector>

// The part of SqlStore that is ServerStore.
namespace webhooks::sql {

void SqlStore::ListServers(const CallOptions& options,
                           Done<std::vector<v1::Server>> done) {
  using Servers = std::vector<v1::Server>;
  Read<Servers>(
      "", options,
      [this](Connection& connection) -> absl::StatusOr<Servers> {
        if (ownership_ != nullptr) return ownership_->ListServers(connection);
        v1::Server self = self_;
        self.set_leaving(is_leaving_);
        self.set_state(is_leaving_ ? v1::Server::LEAVING : v1::Server::LIVE);
        return Servers{std::move(self)};
      },
      std::move(done));
}

int SqlStore::CountServers() const {
  return ownership_ == nullptr ? 1 : ownership_->CountServers();
}

void SqlStore::BeginLeaving() {
  is_leaving_ = true;
  if (ownership_ != nullptr) ownership_->BeginLeaving();
}

}  // namespace webhooks::sql

#include "server/call/id_maker.h"

#include <utility>

#include "storage/uuid.h"

namespace webhooks::server {

IdMaker::IdMaker(Clock wall, Clock steady, Entropy& entropy, absl::Time latest)
    : wall_(std::move(wall)),
      steady_(std::move(steady)),
      entropy_(entropy),
      latest_(latest),
      latest_read_at_(steady_()) {}

std::string IdMaker::Make() {
  return FormatUuid(MakeUuidV7(Now(), entropy_.Bytes<10>()));
}

absl::Time IdMaker::Now() {
  absl::MutexLock lock(&mutex_);
  const absl::Time wall = wall_();
  const absl::Time steady = steady_();
  latest_ += steady - latest_read_at_;
  latest_read_at_ = steady;
  if (latest_ < wall || latest_ - wall > kMaxAhead) latest_ = wall;
  return latest_;
}

}  // namespace webhooks::server

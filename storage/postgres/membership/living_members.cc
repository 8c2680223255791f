#include "storage/postgres/membership/living_members.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/sql/columns.h"

namespace webhooks::postgres {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

struct Beats {
  // The beats of the servers, by id.
  std::map<std::string, std::int64_t> by_id;
  // The longest interval of a server's beats.
  absl::Duration interval;
};

absl::StatusOr<Beats> SelectBeats(sql::Connection& connection) {
  return connection.Guarded("select beats", [&]() -> absl::StatusOr<Beats> {
    Beats beats;
    // Older versions of the schema lack the last column.
    sql::Statement row = connection.Prepared(
        "SELECT id, beat, ifnull((to_jsonb(servers) ->> 'beat_interval')"
        "::bigint, 3000) FROM servers");
    while (row.Step()) {
      beats.by_id[std::string(sql::BlobColumn(row, 0))] = row.Int64(1);
      beats.interval =
          std::max(beats.interval, absl::Milliseconds(row.Int64(2)));
    }
    return beats;
  });
}

MemberCounts Compare(const Beats& first, const Beats& last) {
  MemberCounts counts;
  for (const auto& [id, beat] : last.by_id) {
    const auto before = first.by_id.find(id);
    const bool is_same = before != first.by_id.end() && before->second == beat;
    ++(is_same ? counts.silent : counts.living);
  }
  return counts;
}

}  // namespace

absl::StatusOr<MemberCounts> CountLivingMembers(sql::Connection& connection) {
  const auto first = SelectBeats(connection);
  if (!first.ok()) return first.status();
  const absl::Time end = absl::Now() + 2 * first->interval;
  for (;;) {
    const auto last = SelectBeats(connection);
    if (!last.ok()) return last.status();
    const MemberCounts counts = Compare(*first, *last);
    if (counts.silent == 0 || absl::Now() >= end) return counts;
    absl::SleepFor(kLookEvery);
  }
}

}  // namespace webhooks::postgres

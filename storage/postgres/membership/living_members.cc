#include "storage/postgres/membership/living_members.h"

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/clock.h"
#include "storage/sql/columns.h"

namespace webhooks::postgres {
namespace {

constexpr absl::Duration kLookEvery = absl::Milliseconds(100);

// The beats of the servers, by id.
using Beats = std::map<std::string, std::int64_t>;

absl::StatusOr<Beats> SelectBeats(sql::Connection& connection) {
  return connection.Guarded("select beats", [&]() -> absl::StatusOr<Beats> {
    Beats beats;
    sql::Statement row = connection.Prepared("SELECT id, beat FROM servers");
    while (row.Step()) {
      beats[std::string(sql::BlobColumn(row, 0))] = row.Int64(1);
    }
    return beats;
  });
}

MemberCounts Compare(const Beats& first, const Beats& last) {
  MemberCounts counts;
  for (const auto& [id, beat] : last) {
    const auto before = first.find(id);
    const bool is_same = before != first.end() && before->second == beat;
    ++(is_same ? counts.silent : counts.living);
  }
  return counts;
}

}  // namespace

absl::StatusOr<MemberCounts> CountLivingMembers(sql::Connection& connection,
                                                absl::Duration beat) {
  const auto first = SelectBeats(connection);
  if (!first.ok()) return first.status();
  const absl::Time end = absl::Now() + 2 * beat;
  for (;;) {
    const auto last = SelectBeats(connection);
    if (!last.ok()) return last.status();
    const MemberCounts counts = Compare(*first, *last);
    if (counts.silent == 0 || absl::Now() >= end) return counts;
    absl::SleepFor(kLookEvery);
  }
}

}  // namespace webhooks::postgres

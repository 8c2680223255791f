#include "storage/postgres/membership/database_state.h"

namespace webhooks::postgres {
namespace {

using sql::Statement;

// Other roles see the rows of the view without their values.
constexpr char kSelectStandbys[] =
    "SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')),"
    " max(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn))::bigint"
    " FROM pg_stat_replication"
    " HAVING pg_has_role('pg_read_all_stats', 'USAGE')";

constexpr char kSelectRows[] =
    "SELECT n_live_tup, n_dead_tup FROM pg_stat_user_tables"
    " WHERE relid = to_regclass('deliveries')";

}  // namespace

absl::StatusOr<DatabaseState> ReadDatabaseState(sql::Connection& connection) {
  using State = DatabaseState;
  return connection.Guarded("read statistics", [&]() -> absl::StatusOr<State> {
    State state;
    Statement standbys = connection.Prepared(kSelectStandbys);
    if (standbys.Step()) {
      state.synchronous_standbys = standbys.Int(0);
      if (!standbys.IsNull(1)) state.replication_lag = standbys.Int64(1);
    }
    Statement rows = connection.Prepared(kSelectRows);
    if (rows.Step()) {
      state.live_deliveries = rows.Int64(0);
      state.dead_deliveries = rows.Int64(1);
    }
    return state;
  });
}

absl::StatusOr<int> CountAwaitedStandbys(sql::Connection& connection) {
  return connection.Guarded("read setting", [&]() -> absl::StatusOr<int> {
    // "ANY 2 (a, b, c)", "FIRST 2 (a, b)" and "2 (a, b)" begin with the number;
    // it is 1 for a list of names.
    Statement row = connection.Prepared(
        "SELECT ifnull(CAST(substring(current_setting("
        "'synchronous_standby_names') FROM"
        " '^\\s*(?:\\w+\\s+)?(\\d+)\\s*\\(') AS int), 1)"
        " WHERE current_setting('synchronous_standby_names') <> ''"
        " AND current_setting('synchronous_commit') IN ('on', 'remote_apply')");
    return row.Step() ? row.Int(0) : 0;
  });
}

}  // namespace webhooks::postgres

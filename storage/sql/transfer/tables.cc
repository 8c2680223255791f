#include "storage/sql/transfer/tables.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace webhooks::sql {
namespace {

constexpr auto kInteger = ColumnType::kInteger;
constexpr auto kText = ColumnType::kText;
constexpr auto kBytes = ColumnType::kBytes;

constexpr TransferColumn kProjectId = {"project_id", kBytes,
                                       ColumnRole::kProject};

TransferTable Projects() {
  return {"projects",
          {{"id", kBytes, ColumnRole::kProject},
           {"name", kText},
           {"created_at", kInteger},
           {"max_webhooks", kInteger},
           {"max_requests_per_second", kInteger},
           {"webhook_count", kInteger},
           {"deleted_at", kInteger}},
          "FROM projects t ORDER BY t.id",
          "FROM projects t WHERE t.id = ?"};
}

TransferTable FirstProject() {
  return {"first_project", {{"id", kBytes}}, "FROM first_project t", ""};
}

TransferTable ApiKeys() {
  return {"api_keys",
          {{"id", kBytes},
           kProjectId,
           {"name", kText},
           {"prefix", kText},
           {"hash", kBytes},
           {"created_at", kInteger},
           {"last_used_at", kInteger},
           {"expires_at", kInteger},
           {"revoked_at", kInteger}},
          "FROM api_keys t ORDER BY t.id",
          "FROM api_keys t WHERE t.project_id = ? ORDER BY t.id"};
}

TransferTable Certificates() {
  return {"certificates",
          {{"name", kText}, kProjectId, {"created_at", kInteger}},
          "FROM certificates t ORDER BY t.name",
          "FROM certificates t WHERE t.project_id = ? ORDER BY t.name"};
}

TransferTable Webhooks() {
  return {"webhooks",
          {kProjectId,
           {"id", kBytes},
           {"description", kText},
           {"url", kText},
           {"secrets", kBytes, ColumnRole::kSecrets},
           {"active", kInteger},
           {"scope", kText},
           {"created_at", kInteger},
           {"last_update", kInteger},
           {"settings", kBytes, ColumnRole::kSettings},
           {"deactivation", kBytes},
           {"resumed_at", kInteger},
           {"failing_since", kInteger}},
          "FROM webhooks t ORDER BY t.project_id, t.id",
          "FROM webhooks t WHERE t.project_id = ? ORDER BY t.id"};
}

TransferTable Subscriptions() {
  return {"subscriptions",
          {kProjectId, {"event_type", kText}, {"webhook_id", kBytes}},
          "FROM subscriptions t"
          " ORDER BY t.project_id, t.event_type, t.webhook_id",
          "FROM subscriptions t WHERE t.project_id = ?"
          " ORDER BY t.event_type, t.webhook_id"};
}

TransferTable RemovedWebhooks() {
  return {"removed_webhooks",
          {{"id", kBytes}},
          "FROM removed_webhooks t ORDER BY t.id",
          "FROM removed_webhooks t WHERE EXISTS (SELECT 1 FROM deliveries d"
          " WHERE d.webhook_id = t.id AND d.project_id = ?) ORDER BY t.id"};
}

// Without the id: it is the place of the answer among those of its database.
TransferTable Answers() {
  return {"answers",
          {{"key", kBytes},
           {"request", kBytes},
           kProjectId,
           {"answer", kBytes, ColumnRole::kAnswer},
           {"expires_at", kInteger}},
          "FROM answers t ORDER BY t.id",
          "FROM answers t WHERE t.project_id = ? ORDER BY t.id"};
}

// The events of a project are in the order of an index: to sort them, all of
// them would be kept in memory.
TransferTable Events() {
  return {"events",
          {{"seq", kInteger, ColumnRole::kEventSeq},
           kProjectId,
           {"id", kBytes},
           {"type", kText},
           {"created_at", kInteger},
           {"deliver_at", kInteger},
           {"data", kText},
           {"traceparent", kText},
           {"tracestate", kText},
           {"matched_webhooks", kInteger},
           {"look_at", kInteger}},
          "FROM events t ORDER BY t.seq",
          "FROM events t WHERE t.project_id = ? ORDER BY t.created_at, t.seq"};
}

// Without the deliveries of publications in progress, whose events are not
// stored yet.
TransferTable Deliveries() {
  return {"deliveries",
          {{"id", kBytes},
           kProjectId,
           {"webhook_id", kBytes},
           {"event_seq", kInteger, ColumnRole::kEventSeq},
           {"state", kInteger},
           {"queue_at", kInteger},
           {"retry_at", kInteger},
           {"attempts", kInteger},
           {"schedule_base", kInteger},
           {"place", kInteger, ColumnRole::kPlace},
           {"kept_from", kInteger},
           {"failure", kInteger}},
          "FROM deliveries t WHERE t.event_seq NOT IN"
          " (SELECT seq FROM publishing) ORDER BY t.id",
          "FROM deliveries t WHERE t.event_seq NOT IN"
          " (SELECT seq FROM publishing) AND t.project_id = ? ORDER BY t.id"};
}

TransferTable Attempts() {
  return {"attempts",
          {{"delivery_id", kBytes}, {"number", kInteger}, {"attempt", kBytes}},
          "FROM attempts t ORDER BY t.delivery_id, t.number",
          "FROM deliveries d CROSS JOIN attempts t ON t.delivery_id = d.id"
          " WHERE d.project_id = ? ORDER BY d.id, t.number"};
}

TransferTable RetryJobs() {
  return {"retry_jobs",
          {{"id", kBytes},
           kProjectId,
           {"is_running", kInteger},
           {"position", kBytes, ColumnRole::kJobPosition},
           {"job", kBytes}},
          "FROM retry_jobs t ORDER BY t.id",
          "FROM retry_jobs t WHERE t.project_id = ? ORDER BY t.id"};
}

TransferTable RetentionClock() {
  return {"retention_clock",
          {{"id", kInteger}, {"time", kInteger}},
          "FROM retention_clock t",
          ""};
}

}  // namespace

const std::vector<TransferTable>& TransferTables() {
  static const auto& tables = *new std::vector<TransferTable>{
      Projects(),      FirstProject(),  ApiKeys(),         Certificates(),
      Webhooks(),      Subscriptions(), RemovedWebhooks(), Answers(),
      Events(),        Deliveries(),    Attempts(),        RetryJobs(),
      RetentionClock()};
  return tables;
}

std::string SelectOf(const TransferTable& table, bool of_project) {
  const auto add_name = [](std::string* out, const TransferColumn& column) {
    absl::StrAppend(out, "t.", column.name);
  };
  return absl::StrCat("SELECT ", absl::StrJoin(table.columns, ", ", add_name),
                      " ", of_project ? table.from_project : table.from);
}

std::string InsertOf(const TransferTable& table) {
  const auto add_name = [](std::string* out, const TransferColumn& column) {
    absl::StrAppend(out, column.name);
  };
  const std::vector<absl::string_view> parameters(table.columns.size(), "?");
  return absl::StrCat("INSERT INTO ", table.name, " (",
                      absl::StrJoin(table.columns, ", ", add_name),
                      ") VALUES (", absl::StrJoin(parameters, ", "), ")");
}

}  // namespace webhooks::sql

#include "server/ctl/delivery_tables.h"

#include <cstddef>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/time.h"
#include "server/ctl/lists.h"
#include "server/ctl/output.h"
#include "server/ctl/short_ids.h"

namespace webhooks::ctl {
namespace {

using Row = std::vector<std::string>;

// A column of a table, with its width.
using Column = std::pair<const char*, std::size_t>;

// The columns of DeliveryLine and FollowedLine. Lines that follow later have
// the same widths.
constexpr Column kColumns[] = {
    {"DELIVERY", 12}, {"EVENT", 12},  {"TYPE", 22},
    {"STATE", 9},     {"ATTEMPT", 8}, {"RESULT", 18},
    {"AGE", 4},       {"NEXT", 6},    {"WEBHOOK", 12}};
constexpr Column kFollowedColumns[] = {
    {"TIME_UTC", 8}, {"DELIVERY", 12}, {"EVENT", 12},
    {"TYPE", 18},    {"STATE", 9},     {"ATTEMPT", 8},
    {"RESULT", 18},  {"NEXT", 6},      {"WEBHOOK", 12}};

std::string FixedLine(absl::Span<const Column> columns, const Row& cells) {
  Row padded;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    padded.push_back(Cut(cells[i], columns[i].second));
  }
  // A row of blanks gives each column its width.
  Row widths;
  for (const auto& [name, width] : columns) widths.emplace_back(width, ' ');
  std::string lines = Columns({padded, widths});
  return lines.substr(0, lines.find('\n') + 1);
}

std::string Heading(absl::Span<const Column> columns) {
  Row names;
  for (const auto& [name, width] : columns) names.emplace_back(name);
  return FixedLine(columns, names);
}

// Returns the status of the answer, or the error.
std::string ResultOf(const v1::Attempt& attempt) {
  if (attempt.has_status()) return absl::StrCat(attempt.status());
  return attempt.has_error() ? v1::Attempt::Error_Name(attempt.error()) : "-";
}

std::string LatestResult(const v1::Delivery& delivery) {
  return delivery.attempts().empty() ? "-"
                                     : ResultOf(*delivery.attempts().rbegin());
}

// Returns the end of the latest attempt, or the time at which the delivery was
// made.
absl::Time TimeOf(const v1::Delivery& delivery) {
  if (delivery.attempts().empty()) return FromTimestamp(delivery.created_at());
  const v1::Attempt& latest = *delivery.attempts().rbegin();
  return FromTimestamp(latest.started_at()) + FromProtoDuration(latest.total());
}

// Returns for example "2 of 10".
std::string Progress(const v1::Delivery& delivery) {
  if (delivery.attempts().empty())
    return absl::StrCat(delivery.attempt_count());
  const int last = delivery.attempts().rbegin()->max_number();
  return last == 0 ? absl::StrCat(delivery.attempt_count())
                   : absl::StrCat(delivery.attempt_count(), " of ", last);
}

std::string Next(const v1::Delivery& delivery, absl::Time now) {
  if (!delivery.has_next_attempt_at()) return "-";
  const absl::Duration wait = FromTimestamp(delivery.next_attempt_at()) - now;
  if (wait <= absl::ZeroDuration()) return "now";
  return absl::StrCat("in ", ShortDuration(wait));
}

// Returns the error or the note, and the first line that the receiver answered
// with an error.
std::string DetailOf(const v1::Attempt& attempt) {
  if (attempt.error_detail().empty()) return Printable(attempt.note());
  constexpr std::size_t kMaxShown = 200;
  const std::string& body = attempt.response_body();
  const std::string line =
      Cut(body.substr(0, body.find_first_of("\r\n")), kMaxShown);
  return absl::StrCat(Printable(attempt.error_detail()),
                      line.empty() ? "" : ": ", line);
}

// Prints `result`, which has `delivery`.
template <typename T>
absl::Status PrintWithAttempts(const Session& session,
                               const absl::StatusOr<T>& result,
                               const v1::Delivery& delivery) {
  if (!result.ok() || session.options.json) return PrintResult(session, result);
  std::cout << Details(*result, "attempts");
  const std::string attempts = AttemptTable(delivery);
  if (!attempts.empty()) std::cout << "\n" << attempts;
  return absl::OkStatus();
}

}  // namespace

std::string ShortDuration(absl::Duration duration) {
  const auto text = [&](absl::Duration unit, const char* name) {
    return absl::StrCat(duration / unit, name);
  };
  if (duration < absl::ZeroDuration()) return "0s";
  if (duration < absl::Minutes(2)) return text(absl::Seconds(1), "s");
  if (duration < absl::Hours(2)) return text(absl::Minutes(1), "m");
  if (duration < absl::Hours(48)) return text(absl::Hours(1), "h");
  return text(absl::Hours(24), "d");
}

std::string DeliveryHeading() { return Heading(kColumns); }

std::string DeliveryLine(const v1::Delivery& delivery, absl::Time now) {
  return FixedLine(
      kColumns,
      {ShortId(delivery.id_delivery()), ShortId(delivery.id_event()),
       delivery.event_type(), v1::Delivery::State_Name(delivery.state()),
       Progress(delivery), LatestResult(delivery),
       ShortDuration(now - FromTimestamp(delivery.created_at())),
       Next(delivery, now), ShortId(delivery.id_webhook_endpoint())});
}

std::string FollowedHeading() { return Heading(kFollowedColumns); }

std::string FollowedLine(const v1::Delivery& delivery, absl::Time now) {
  return FixedLine(
      kFollowedColumns,
      {absl::FormatTime("%H:%M:%S", TimeOf(delivery), absl::UTCTimeZone()),
       ShortId(delivery.id_delivery()), ShortId(delivery.id_event()),
       delivery.event_type(), v1::Delivery::State_Name(delivery.state()),
       Progress(delivery), LatestResult(delivery), Next(delivery, now),
       ShortId(delivery.id_webhook_endpoint())});
}

std::string AttemptTable(const v1::Delivery& delivery) {
  if (delivery.attempts().empty()) return "";
  std::vector<Row> rows = {
      {"ATTEMPT", "STARTED", "TOOK", "ADDRESS", "RESULT", "DETAIL"}};
  for (const v1::Attempt& attempt : delivery.attempts()) {
    const std::string detail = DetailOf(attempt);
    rows.push_back(
        {absl::StrCat(attempt.number(), " of ", attempt.max_number()),
         FieldText(attempt, "started_at"), FieldText(attempt, "total"),
         FieldText(attempt, "address"), ResultOf(attempt),
         detail.empty() ? "-" : detail});
  }
  return Columns(rows);
}

absl::Status PrintWithAttempts(const Session& session,
                               const absl::StatusOr<v1::Delivery>& delivery) {
  return PrintWithAttempts(session, delivery,
                           delivery.ok() ? *delivery : v1::Delivery());
}

absl::Status PrintWithAttempts(
    const Session& session,
    const absl::StatusOr<v1::ExplainDeliveryResponse>& explanation) {
  return PrintWithAttempts(
      session, explanation,
      explanation.ok() ? explanation->delivery() : v1::Delivery());
}

std::string ExplanationTable(
    absl::Span<const WebhookExplanation> explanations) {
  std::vector<Row> rows = {{"WEBHOOK", "DELIVERY", "REASON", "MESSAGE"}};
  for (const auto& [webhook, explanation] : explanations) {
    rows.push_back(
        {ShortId(webhook),
         explanation.has_delivery()
             ? ShortId(explanation.delivery().id_delivery())
             : "-",
         v1::ExplainDeliveryResponse::Reason_Name(explanation.reason()),
         Printable(explanation.message())});
  }
  return Columns(rows);
}

}  // namespace webhooks::ctl

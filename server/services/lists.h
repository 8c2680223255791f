#ifndef WEBHOOKS_SERVER_SERVICES_LISTS_H_
#define WEBHOOKS_SERVER_SERVICES_LISTS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "server/services/field_rules.h"
#include "server/services/page_token.h"
#include "storage/call.h"
#include "storage/event_store.h"
#include "storage/page.h"

// The common parts of calls for lists.
namespace webhooks::server {

// Returns `value` if `has` is true, else nullopt.
template <typename T>
std::optional<T> OptionalIf(bool has, const T& value) {
  return has ? std::optional<T>(value) : std::nullopt;
}

// Returns the name that page tokens are bound to: the kind of the list, its
// owner and its filters.
template <typename Request>
std::string ListName(absl::string_view what, const std::string& project,
                     const Request& wanted) {
  Request filters = wanted;
  filters.clear_page_size();
  filters.clear_page_token();
  return absl::StrCat(what, "\n", project, "\n", filters.SerializeAsString());
}

// Reads the requested part of `list`. `checked` is the result of the request's
// other rules. INVALID_ARGUMENT lists the violations of all rules, with the
// reason of ViolationsStatus.
template <typename Record, typename Request>
absl::StatusOr<PageStart<Record>> ReadPage(
    absl::string_view list, const Request& wanted,
    const absl::Status& checked = absl::OkStatus()) {
  google::rpc::BadRequest violations = ViolationsOf(checked);
  PageStart<Record> start;
  start.size = ReadPageSize(wanted.page_size(), violations);
  ReadPageToken(list, wanted.page_token(), start.after, violations);
  absl::Status good = ViolationsStatus(violations);
  if (!good.ok()) return good;
  return start;
}

// Passes a page of `list` to `done` as an answer that has the records in its
// field `records`.
template <typename Answer, typename Record>
Done<Page<Record>> AnswerWithPage(
    std::string list,
    google::protobuf::RepeatedPtrField<Record>* (Answer::*records)(),
    Done<Answer> done) {
  return [list = std::move(list), records,
          done = std::move(done)](absl::StatusOr<Page<Record>> page) mutable {
    if (!page.ok()) return std::move(done)(page.status());
    Answer answer;
    for (Record& record : page->records) {
      *(answer.*records)()->Add() = std::move(record);
    }
    answer.set_next_page_token(MakePageToken(list, page->next));
    std::move(done)(std::move(answer));
  };
}

// Returns the range from start_time to end_time of a request.
template <typename Request>
TimeRange PublishedRange(const Request& wanted) {
  TimeRange range;
  if (wanted.has_start_time()) range.start = FromTimestamp(wanted.start_time());
  if (wanted.has_end_time()) range.end = FromTimestamp(wanted.end_time());
  return range;
}

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_LISTS_H_

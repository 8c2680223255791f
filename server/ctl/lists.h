#ifndef WEBHOOKS_SERVER_CTL_LISTS_H_
#define WEBHOOKS_SERVER_CTL_LISTS_H_

#include <initializer_list>
#include <iostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "proto/time.h"
#include "server/ctl/command.h"
#include "server/ctl/output.h"

namespace webhooks::ctl {

// Prints a message as JSON, or as a line for each field.
inline absl::Status Print(const Session& session,
                          const google::protobuf::Message& message) {
  std::cout << (session.options.json ? Json(message) + "\n" : Details(message));
  return absl::OkStatus();
}

// Prints the result of a call as Print does, or returns its error.
template <typename T>
absl::Status PrintResult(const Session& session,
                         const absl::StatusOr<T>& result) {
  return result.ok() ? Print(session, *result) : result.status();
}

// Prints rows as a JSON array, or as a table of `fields`.
template <typename T>
absl::Status PrintRows(const Session& session, const std::vector<T>& rows,
                       std::initializer_list<absl::string_view> fields) {
  if (!session.options.json) {
    std::vector<const google::protobuf::Message*> pointers;
    pointers.reserve(rows.size());
    for (const T& row : rows) pointers.push_back(&row);
    std::cout << Table(pointers, fields);
    return absl::OkStatus();
  }
  std::string json = "[";
  for (const T& row : rows) json += (json.size() > 1 ? "," : "") + Json(row);
  std::cout << json << "]\n";
  return absl::OkStatus();
}

// Sets the fields of --start_time and --end_time.
template <typename Request>
void SetTimes(const Options& options, Request& request) {
  if (options.start_time) {
    *request.mutable_start_time() = ToTimestamp(*options.start_time);
  }
  if (options.end_time) {
    *request.mutable_end_time() = ToTimestamp(*options.end_time);
  }
}

// Returns the rows of a list, up to `limit`; 0 for all. `call(request)` fetches
// a page, and `rows(page)` returns its rows.
template <typename Row, typename Request, typename Call, typename Rows>
absl::StatusOr<std::vector<Row>> ListSome(std::size_t limit, Request request,
                                          Call&& call, Rows&& rows) {
  std::vector<Row> all;
  do {
    const auto page = call(request);
    if (!page.ok()) return page.status();
    for (const Row& row : rows(*page)) {
      all.push_back(row);
      if (all.size() == limit) return all;
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// Returns the rows of a list, up to --limit.
template <typename Row, typename Request, typename Call, typename Rows>
absl::StatusOr<std::vector<Row>> ListAll(const Session& session,
                                         Request request, Call&& call,
                                         Rows&& rows) {
  return ListSome<Row>(static_cast<std::size_t>(session.options.limit),
                       std::move(request), std::forward<Call>(call),
                       std::forward<Rows>(rows));
}

}  // namespace webhooks::ctl

#endif  // WEBHOOKS_SERVER_CTL_LISTS_H_

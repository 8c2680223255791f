#ifndef WEBHOOKS_SERVER_SERVICES_LIST_FILTERS_H_
#define WEBHOOKS_SERVER_SERVICES_LIST_FILTERS_H_

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/event_store.h"
#include "storage/timestamp.h"

// What requests for lists have in common.
namespace webhooks::server {

// `value` if the request `has` it.
template <typename T>
std::optional<T> If(bool has, const T& value) {
  return has ? std::optional<T>(value) : std::nullopt;
}

// What page tokens are bound to: whose list of what it is, and its filters.
template <typename Request>
std::string ListName(absl::string_view what, const std::string& project,
                     const Request& wanted) {
  Request filters = wanted;
  filters.clear_page_size();
  filters.clear_page_token();
  return absl::StrCat(what, "\n", project, "\n", filters.SerializeAsString());
}

// The start_time and end_time of a request.
template <typename Request>
TimeRange PublishedRange(const Request& wanted) {
  TimeRange range;
  if (wanted.has_start_time()) range.start = FromTimestamp(wanted.start_time());
  if (wanted.has_end_time()) range.end = FromTimestamp(wanted.end_time());
  return range;
}

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_LIST_FILTERS_H_

#ifndef WEBHOOKS_SERVER_SERVICES_PAGE_TOKEN_H_
#define WEBHOOKS_SERVER_SERVICES_PAGE_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "storage/page.h"

// The page_size and page_token of lists. A token is opaque to callers and valid
// for one list only.
namespace webhooks::server {

inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1000;

// Returns the token for the page of `list` behind `after`, or "" if `after` is
// unset. `list` names the kind of the list, its owner and its filters.
std::string MakePageToken(absl::string_view list,
                          const std::optional<Uuid>& after);
std::string MakePageToken(absl::string_view list,
                          const std::optional<EventPosition>& after);
std::string MakePageToken(absl::string_view list,
                          const std::optional<std::string>& after);

// Sets `after` to the position in `token`; leaves it unset if `token` is "".
// Adds a violation if the token was not made for `list`.
void ReadPageToken(absl::string_view list, absl::string_view token,
                   std::optional<Uuid>& after,
                   google::rpc::BadRequest& violations);
void ReadPageToken(absl::string_view list, absl::string_view token,
                   std::optional<EventPosition>& after,
                   google::rpc::BadRequest& violations);
void ReadPageToken(absl::string_view list, absl::string_view token,
                   std::optional<std::string>& after,
                   google::rpc::BadRequest& violations);

// Returns the number of records for a page_size: kDefaultPageSize for 0,
// kMaxPageSize at most. Adds a violation if it is negative.
int ReadPageSize(std::int32_t page_size, google::rpc::BadRequest& violations);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_PAGE_TOKEN_H_

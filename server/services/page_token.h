#ifndef WEBHOOKS_SERVER_SERVICES_PAGE_TOKEN_H_
#define WEBHOOKS_SERVER_SERVICES_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"
#include "storage/call.h"

// The page_token of lists: opaque to callers, and good for one list only.
namespace webhooks::server {

inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1000;

// The token for the page of `list` behind the place `after` (Page::next); ""
// where that is "". `list` names whose list it is and what filters it.
std::string MakePageToken(absl::string_view list, absl::string_view after);

// The page of `list` that a caller wants; or some page, where `violations` are
// added: a negative page_size, and a page_token that is not "" and was not made
// for `list`.
PageStart ReadPage(absl::string_view list, std::int32_t size,
                   absl::string_view token,
                   google::rpc::BadRequest& violations);

}  // namespace webhooks::server

#endif  // WEBHOOKS_SERVER_SERVICES_PAGE_TOKEN_H_

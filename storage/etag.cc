#include "storage/etag.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "proto/time.h"

namespace webhooks {
namespace {

// The length of the random half of an id, with its dash.
constexpr std::size_t kIdTail = 17;

}  // namespace

std::string EtagOf(const v1::Webhook& webhook) {
  const absl::string_view id = webhook.id_webhook_endpoint();
  return absl::StrCat(
      "\"", absl::Hex(absl::ToUnixMillis(FromTimestamp(webhook.last_update()))),
      "-", id.size() > kIdTail ? id.substr(id.size() - kIdTail) : id, "\"");
}

}  // namespace webhooks

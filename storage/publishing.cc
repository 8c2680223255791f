#include "storage/publishing.h"

#include <algorithm>
#include <string>

#include "proto/json/compact_json.h"
#include "proto/json/json_depth.h"
#include "proto/json/utf8.h"
#include "proto/rpc/status.h"
#include "proto/time.h"
#include "storage/derived_id.h"

namespace webhooks {

bool IsRepeat(const v1::Event& event, const v1::Event& first) {
  return event.type() == first.type() && event.has_data() == first.has_data() &&
         event.data() == first.data() &&
         event.has_deliver_at() == first.has_deliver_at() &&
         FromTimestamp(event.deliver_at()) == FromTimestamp(first.deliver_at());
}

bool IsIntact(const v1::Event& event) {
  return !event.type().empty() && IsValidUtf8(event.type()) &&
         (!event.has_data() || CompactJson(event.data(), kMaxJsonDepth));
}

absl::Time DeliverAt(const v1::Event& event) {
  return FromTimestamp(event.has_deliver_at() ? event.deliver_at()
                                              : event.created_at());
}

absl::Time FirstDue(const v1::Event& event) {
  return std::max(FromTimestamp(event.created_at()), DeliverAt(event));
}

Uuid DeliveryId(const v1::Event& event, absl::string_view webhook) {
  return MakeDerivedId(FromTimestamp(event.created_at()),
                       UuidBytes(event.id_event()), webhook);
}

v1::PublishEventResult ResultOf(
    const absl::StatusOr<v1::PublishEventResponse>& published) {
  v1::PublishEventResult result;
  if (published.ok()) {
    *result.mutable_published() = *published;
    return result;
  }
  const absl::Status& status = published.status();
  v1::PublishEventError& error = *result.mutable_error();
  error.set_status(absl::StatusCodeToString(status.code()));
  error.set_reason(Reason(status));
  error.set_message(std::string(status.message()));
  return result;
}

}  // namespace webhooks

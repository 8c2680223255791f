#ifndef WEBHOOKS_STORAGE_ETAG_H_
#define WEBHOOKS_STORAGE_ETAG_H_

#include <string>

#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Returns the strong entity tag (RFC 9110, 8.8.3) of `webhook`, made of its id
// and last_update. It is unique among all states of all webhooks.
std::string EtagOf(const v1::Webhook& webhook);

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_ETAG_H_

#ifndef WEBHOOKS_GATEWAY_TRANSCODING_JSON_DEPTH_H_
#define WEBHOOKS_GATEWAY_TRANSCODING_JSON_DEPTH_H_

namespace webhooks::gateway {

// Containers within each other that a JSON text may have. A level of JSON is at
// most one message, so the limit of protobuf parsers (100) is never reached.
inline constexpr int kMaxJsonDepth = 64;

}  // namespace webhooks::gateway

#endif  // WEBHOOKS_GATEWAY_TRANSCODING_JSON_DEPTH_H_

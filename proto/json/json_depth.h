#ifndef WEBHOOKS_PROTO_JSON_JSON_DEPTH_H_
#define WEBHOOKS_PROTO_JSON_JSON_DEPTH_H_

namespace webhooks {

// The maximum number of containers within each other in a JSON text, for all
// that read it: what publishing accepts must be readable when it is signed and
// delivered. A level of JSON is at most one message, so the limit of protobuf
// parsers (100) is never reached.
inline constexpr int kMaxJsonDepth = 64;

}  // namespace webhooks

#endif  // WEBHOOKS_PROTO_JSON_JSON_DEPTH_H_

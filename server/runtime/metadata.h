#ifndef WEBHOOKS_SERVER_RUNTIME_METADATA_H_
#define WEBHOOKS_SERVER_RUNTIME_METADATA_H_

// The metadata keys that both processes use. A header of the gateway that
// corresponds to one has the same name.
namespace webhooks {

// Sent by all clients with a call.
inline constexpr char kApiKeyMetadata[] = "x-api-key";
// Sent by administrators with a call on a project's resources: the id of the
// project.
inline constexpr char kProjectMetadata[] = "x-project";
// See RequestIdOr.
inline constexpr char kRequestIdMetadata[] = "x-request-id";

// Sent by gateways with a call: the client's address, see ClientAddress, and
// the name of its certificate.
inline constexpr char kClientAddressMetadata[] = "x-client-address";
inline constexpr char kClientCertificateMetadata[] = "x-client-certificate";

// Sent with an answer: the project of the call, for the gateway's log.
inline constexpr char kProjectIdMetadata[] = "x-project-id";
// "true" if the answer is that of an earlier call with the same idempotency
// key.
inline constexpr char kReplayedMetadata[] = "idempotent-replayed";
// The project's limit of calls per second, the calls that remain, and the
// seconds until the full limit is available again
// (https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06).
inline constexpr char kRateLimitMetadata[] = "ratelimit-limit";
inline constexpr char kRateRemainingMetadata[] = "ratelimit-remaining";
inline constexpr char kRateResetMetadata[] = "ratelimit-reset";

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METADATA_H_

#ifndef WEBHOOKS_SERVER_RUNTIME_METADATA_H_
#define WEBHOOKS_SERVER_RUNTIME_METADATA_H_

// The keys of the metadata beside messages, which both processes go by. Where a
// client of the gateway sends or sees one, its header has the same name.
namespace webhooks {

// Of calls, from whoever makes them.
inline constexpr char kApiKeyMetadata[] = "x-api-key";
// See RequestIdOr.
inline constexpr char kRequestIdMetadata[] = "x-request-id";

// Of calls, from gateways: where the client is, as of ClientAddress, and the
// name of the certificate that it has shown.
inline constexpr char kClientAddressMetadata[] = "x-client-address";
inline constexpr char kClientCertificateMetadata[] = "x-client-certificate";

// Of answers: the project that the call worked on, for the gateway's log.
inline constexpr char kProjectIdMetadata[] = "x-project-id";
// "true" where it was given before, to a call with the same idempotency key.
inline constexpr char kReplayedMetadata[] = "idempotent-replayed";
// The calls a second that the project may make, those that are left, and the
// seconds until all are again
// (https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers-06).
inline constexpr char kRateLimitMetadata[] = "ratelimit-limit";
inline constexpr char kRateRemainingMetadata[] = "ratelimit-remaining";
inline constexpr char kRateResetMetadata[] = "ratelimit-reset";

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_METADATA_H_

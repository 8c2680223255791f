#include "server/listen/limits.h"

#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include <cstddef>

#include "server/listen/connection_use.h"

namespace webhooks::server {
namespace {

// A batch of events has at most 4 MiB as JSON, and less as a message.
constexpr int kMaxMessageBytes = 5 << 20;
// A call that exceeds the limit disturbs the others on its connection, so the
// limit is well above the headers that the gateway forwards.
constexpr int kMaxMetadataBytes = 64 << 10;
// The memory of all calls and connections. Near the limit, gRPC slows calls
// down and then refuses them.
constexpr std::size_t kMaxGrpcMemory = std::size_t{1} << 30;
// Bytes read from one connection before the others get their turn.
constexpr int kReadChunkBytes = 256 << 10;
constexpr int kConnectionIdleMillis = 60 * 60 * 1000;
constexpr int kKeepaliveMillis = 60 * 1000;
// Clients may ping every 30 s, even without calls; some ping a little early.
constexpr int kMinPingIntervalMillis = 10 * 1000;

}  // namespace

void SetLimits(grpc::ServerBuilder& builder, absl::Duration handshake_timeout) {
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetResourceQuota(
      grpc::ResourceQuota("server").Resize(kMaxGrpcMemory));
  builder.AddChannelArgument(GRPC_ARG_TCP_MAX_READ_CHUNK_SIZE, kReadChunkBytes);
  // A small message could become a large one before its caller is
  // authenticated.
  for (const auto compressed : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder.SetCompressionAlgorithmSupportStatus(compressed, false);
  }
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             ConnectionUse::kMaxOpenCalls);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             kConnectionIdleMillis);
  builder.AddChannelArgument(
      GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
      static_cast<int>(absl::ToInt64Milliseconds(handshake_timeout)));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMillis);
}

}  // namespace webhooks::server

#include "gateway/backend/channel.h"

#include <cstddef>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"

namespace webhooks::gateway {
namespace {

// Well above the size of answers: a call whose answer gRPC refuses may wait for
// its deadline.
constexpr int kMaxMessageBytes = 64 << 20;
constexpr int kMaxMetadataBytes = 32 << 10;

void SetReconnection(grpc::ChannelArguments& arguments) {
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // This is also the time limit of a connection attempt.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
}

// A connection ends if the peer's kernel does not acknowledge data for ten
// seconds (gRPC sets TCP_USER_TIMEOUT with keepalive). Pings are less frequent
// than every five minutes, which all gRPC servers permit.
void SetKeepalive(grpc::ChannelArguments& arguments) {
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 360'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
}

bool IsPort(absl::string_view text) {
  int port;
  return absl::c_all_of(text, absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &port) && port <= 65535;
}

// A host with several colons must be an IPv6 address in brackets.
bool IsHostAndPort(absl::string_view target) {
  const std::size_t colon = target.rfind(':');
  if (colon == absl::string_view::npos) return false;
  const absl::string_view host = target.substr(0, colon);
  const bool in_brackets =
      absl::StartsWith(host, "[") && absl::EndsWith(host, "]");
  return !host.empty() && IsPort(target.substr(colon + 1)) &&
         host.find('/') == absl::string_view::npos &&
         (in_brackets || host.find(':') == absl::string_view::npos);
}

}  // namespace

bool IsTarget(absl::string_view target) {
  for (const absl::string_view scheme :
       {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"}) {
    if (absl::ConsumePrefix(&target, scheme)) return !target.empty();
  }
  return IsHostAndPort(target);
}

std::vector<std::string> SplitTarget(absl::string_view target) {
  for (const absl::string_view scheme : {"ipv4:", "ipv6:"}) {
    absl::string_view addresses = target;
    if (!absl::ConsumePrefix(&addresses, scheme)) continue;
    std::vector<std::string> targets;
    for (const absl::string_view address : absl::StrSplit(addresses, ',')) {
      targets.push_back(absl::StrCat(scheme, address));
    }
    return targets;
  }
  return {std::string(target)};
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& target,
                                           const TlsMaterial* tls,
                                           const std::string& tls_name) {
  grpc::ChannelArguments arguments;
  // Channels to the same target would otherwise share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  // The proxy of the environment is for other hosts, and a service config from
  // DNS is not the operator's configuration.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // Spreads calls over all addresses of the target, and leaves out those that
  // do not answer.
  arguments.SetLoadBalancingPolicyName("round_robin");
  SetReconnection(arguments);
  SetKeepalive(arguments);
  if (!tls_name.empty()) arguments.SetSslTargetNameOverride(tls_name);
  return grpc::CreateCustomChannel(
      target,
      tls == nullptr ? grpc::InsecureChannelCredentials()
                     : grpc::SslCredentials(
                           {tls->authorities, tls->key, tls->certificate}),
      arguments);
}

}  // namespace webhooks::gateway

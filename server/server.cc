#include "server/server.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "proto/time.h"
#include "server/keys/first_project.h"
#include "server/keys/key_files.h"
#include "server/keys/key_watch.h"
#include "server/listen/listening_socket.h"
#include "server/observability/metrics.h"
#include "server/running_server.h"
#include "server/runtime/entropy.h"
#include "server/runtime/metrics/page.h"
#include "server/runtime/open_files.h"
#include "server/runtime/process.h"
#include "server/runtime/tls_watch.h"
#include "storage/open.h"

namespace webhooks::server {
namespace {

absl::StatusOr<std::vector<ListeningSocket>> Listen(
    const std::vector<std::string>& addresses, PeerScope scope) {
  std::vector<ListeningSocket> sockets;
  for (const std::string& address : addresses) {
    auto opened = ListeningSocket::Open(address, scope);
    if (!opened.ok()) return opened.status();
    std::move(opened->begin(), opened->end(), std::back_inserter(sockets));
  }
  return sockets;
}

// Returns the fields of this process that its database shows to operators.
v1::Server DescribeProcess(const Config& config) {
  v1::Server server;
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  server.set_name(absl::StrCat(name, "/", absl::StrJoin(config.listen, ",")));
  server.set_version(std::string(Version()));
  server.set_delivers(config.delivery.deliver);
  *server.mutable_started_at() = ToTimestamp(absl::Now());
  return server;
}

// Returns `status`, with advice if the folder of a key file does not exist.
absl::Status WithKeyFlag(const absl::Status& status, absl::string_view flag) {
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(
      absl::StrCat(status.message(), "; create the folder, or give --", flag));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Config& config) {
  // Each connection has two descriptors.
  RaiseFileLimit(2 * config.max_connections +
                 config.delivery.scheduler.queue.max_in_flight);
  auto tls = TlsWatch::Start(config.tls);
  if (!tls.ok()) return tls.status();
  auto metrics = std::make_unique<Metrics>(ServiceNames());
  SystemEntropy entropy;
  absl::Status not_lost = CheckDatabaseNotLost(
      config.database, config.secret_key_file, config.api_key_file);
  if (!not_lost.ok()) return not_lost;
  KeyWatch::Keys keys = {config.secret_key_file, {}, config.admin_key_file, ""};
  auto store = OpenStore(
      config.database,
      [&](bool must_exist) -> absl::StatusOr<SecretKeys> {
        auto found =
            TakeOrMakeSecretKeys(config.secret_key_file, must_exist, entropy);
        if (!found.ok()) return WithKeyFlag(found.status(), "secret_key_file");
        keys.secret_keys = *found;
        return found;
      },
      metrics->store(), &SteadyNow, DescribeProcess(config));
  if (absl::IsInvalidArgument(store.status())) {
    return absl::InvalidArgumentError(
        absl::StrCat("--database: ", store.status().message()));
  }
  if (!store.ok()) return store.status();
  // Listens after the database is locked, so that two servers of one database
  // do not take each other's socket, and before anything is stored.
  auto sockets = Listen(
      config.listen, *tls == nullptr ? config.plaintext : PeerScope::kAnywhere);
  if (!sockets.ok()) return sockets.status();
  std::unique_ptr<MetricsPage> metrics_page;
  if (config.metrics_listen) {
    auto page =
        MetricsPage::Listen(*config.metrics_listen, config.metrics_scope);
    if (!page.ok()) return page.status();
    metrics_page = *std::move(page);
  }
  const auto latest_id = FindLatestId(**store);
  if (!latest_id.ok()) return latest_id.status();
  auto admin_key = TakeOrMakeAdminKey(config.admin_key_file, entropy);
  if (!admin_key.ok()) return WithKeyFlag(admin_key.status(), "admin_key_file");
  keys.admin_key = *std::move(admin_key);
  absl::Status ready =
      MakeFirstProject(**store, config.api_key_file, entropy, absl::Now());
  if (!ready.ok()) return ready;
  auto server = std::make_unique<RunningServer>(
      config, std::move(metrics), *std::move(store), *latest_id,
      std::move(keys), *std::move(tls), std::move(metrics_page));
  absl::Status serving = server->Serve(*std::move(sockets), config);
  if (!serving.ok()) return serving;
  return server;
}

}  // namespace webhooks::server

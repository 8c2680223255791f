#include "server/runtime/findings.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>

#include "absl/cleanup/cleanup.h"
#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "server/runtime/flag_files.h"
#include "server/runtime/log.h"

namespace webhooks {
namespace {

// Returns true if another socket listens on the address. Binds a socket, but
// does not listen, so as not to disturb a start at the same time.
bool IsInUse(const addrinfo& info) {
  const int probe =
      socket(info.ai_family, info.ai_socktype | SOCK_CLOEXEC, info.ai_protocol);
  if (probe < 0) return false;
  const int on = 1;
  setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (info.ai_family == AF_INET6) {
    setsockopt(probe, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  const bool is_in_use =
      bind(probe, info.ai_addr, info.ai_addrlen) != 0 && errno == EADDRINUSE;
  close(probe);
  return is_in_use;
}

// Does the same for all addresses of the host.
bool IsInUse(const Address& address) {
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found) !=
      0) {
    return false;
  }
  const absl::Cleanup free = [found] { freeaddrinfo(found); };
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (IsInUse(*info)) return true;
  }
  return false;
}

}  // namespace

Finding InspectFlags() {
  const std::string files =
      absl::FindCommandLineFlag(kFlagFile)->CurrentValue();
  return files.empty() ? "flags, without a --flagfile"
                       : absl::StrCat("flags of ", files);
}

Finding InspectTls(const TlsFiles& files, absl::Time now) {
  const absl::StatusOr<TlsMaterial> material = ReadTlsFiles(files);
  if (!material.ok()) return material.status();
  const absl::Status usable = CheckTls(*material, files);
  if (!usable.ok()) return usable;
  if (files.certificate.empty()) {
    return absl::StrCat("authorities ", files.authorities);
  }
  const absl::Status timely = CheckTime(*material, files, now);
  if (!timely.ok()) return timely;
  return absl::StrCat("certificate ", files.certificate, " is valid until ",
                      TimeText(TimeOfCertificate(*material)->end));
}

Finding InspectListener(absl::string_view flag, const Address& address,
                        PeerScope scope, absl::string_view remedy) {
  const absl::Status safe = CheckPeerScope(flag, address, scope, remedy);
  if (!safe.ok()) return safe;
  return absl::StrCat("--", flag, " ", address.host, ":", address.port,
                      IsInUse(address)
                          ? ": in use now, which is right if by the process "
                            "that this one is to replace"
                          : "");
}

int PrintFindings(const std::vector<Finding>& findings) {
  FlushLog();
  int code = EXIT_SUCCESS;
  for (const Finding& finding : findings) {
    if (finding.ok()) {
      std::cout << "ok: " << *finding << std::endl;
    } else {
      std::cerr << "ERROR: " << finding.status().message() << std::endl;
      code = EXIT_FAILURE;
    }
  }
  return code;
}

}  // namespace webhooks

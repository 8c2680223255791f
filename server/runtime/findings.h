#ifndef WEBHOOKS_SERVER_RUNTIME_FINDINGS_H_
#define WEBHOOKS_SERVER_RUNTIME_FINDINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/runtime/address.h"
#include "server/runtime/peer_scope.h"
#include "server/runtime/tls_material.h"

// The output of --check, for an operator.
namespace webhooks {

// A line of what was looked at, or what is wrong with it.
using Finding = absl::StatusOr<std::string>;

// Looks at the files as a start does, and at the certificate's time.
Finding InspectTls(const TlsFiles& files, absl::Time now);

// Looks up the address, which `flag` names, and judges it as CheckPeerScope
// does. An address that a socket listens at is good, and the line says so: a
// server that runs may be what is checked.
Finding InspectListener(absl::string_view flag, const Address& address,
                        PeerScope scope, absl::string_view remedy);

// Prints what is good to standard output ("ok: ...") and what is not to
// standard error ("ERROR: ..."), after everything that was logged. The
// process's exit code: 0 where all is good, else 1.
int TellFindings(const std::vector<Finding>& findings);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FINDINGS_H_

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

// A line about something that was checked, or the error that was found.
using Finding = absl::StatusOr<std::string>;

// Returns a line about the flags, which names the files of --flagfile: an
// operator may have forgotten those of the process.
Finding InspectFlags();

// Checks the files as a start does, and if the certificate is valid at `now`.
Finding InspectTls(const TlsFiles& files, absl::Time now);

// Resolves the address, which `flag` names, and checks it as CheckPeerScope
// does. An address in use is not an error, since the server may be running; the
// line mentions it.
Finding InspectListener(absl::string_view flag, const Address& address,
                        PeerScope scope, absl::string_view remedy);

// Prints lines to standard output ("ok: ...") and errors to standard error
// ("ERROR: ..."), after all log lines. Returns the exit code of the process: 1
// if there is an error, else 0.
int PrintFindings(const std::vector<Finding>& findings);

}  // namespace webhooks

#endif  // WEBHOOKS_SERVER_RUNTIME_FINDINGS_H_

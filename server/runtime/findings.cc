#include "server/runtime/findings.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "server/runtime/log.h"

namespace webhooks {

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
                        Reach reach, absl::string_view remedy) {
  const absl::Status safe = CheckReach(flag, address, reach, remedy);
  if (!safe.ok()) return safe;
  return absl::StrCat("--", flag, " ", address.host, ":", address.port);
}

int TellFindings(const std::vector<Finding>& findings) {
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

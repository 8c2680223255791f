#include "server/runtime/findings.h"

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "server/runtime/log.h"

namespace webhooks {
namespace {

std::string Day(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace

Finding InspectTls(const TlsFiles& files, absl::Time now) {
  const absl::StatusOr<TlsMaterial> material = ReadTlsFiles(files);
  if (!material.ok()) return material.status();
  const absl::Status usable = CheckTls(*material, files);
  if (!usable.ok()) return usable;
  if (files.certificate.empty()) {
    return absl::StrCat("authorities ", files.authorities);
  }
  const absl::StatusOr<ValidTime> valid = TimeOfCertificate(*material);
  if (!valid.ok()) return valid.status();
  const std::string certificate =
      absl::StrCat("certificate ", files.certificate);
  if (now < valid->begin) {
    return absl::FailedPreconditionError(
        absl::StrCat(certificate, " is not valid before ", Day(valid->begin)));
  }
  if (now >= valid->end) {
    return absl::FailedPreconditionError(
        absl::StrCat(certificate, " has ended at ", Day(valid->end)));
  }
  return absl::StrCat(certificate, " is valid until ", Day(valid->end));
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

#ifndef WEBHOOKS_STORAGE_SQL_ROWS_CERTIFICATE_ROWS_H_
#define WEBHOOKS_STORAGE_SQL_ROWS_CERTIFICATE_ROWS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/project_store.h"
#include "storage/sql/connection.h"

// The statements about certificates. Each function returns the status of the
// call of ProjectStore that it serves, and changes inside the caller's
// transaction.
namespace webhooks::sql {

absl::StatusOr<v1::CertificateBinding> BindCertificate(
    Connection& connection, const v1::CertificateBinding& binding);

absl::StatusOr<Page<v1::CertificateBinding>> SelectCertificates(
    Connection& connection, absl::string_view project,
    const PageStart<v1::CertificateBinding>& start);

absl::StatusOr<v1::CertificateBinding> UnbindCertificate(
    Connection& connection, const std::string& name);

absl::StatusOr<v1::Project> SelectCertificateProject(Connection& connection,
                                                     const std::string& name);

}  // namespace webhooks::sql

#endif  // WEBHOOKS_STORAGE_SQL_ROWS_CERTIFICATE_ROWS_H_

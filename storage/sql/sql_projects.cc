#include "storage/sql/rows/api_key_rows.h"
#include "storage/sql/rows/certificate_rows.h"
#include "storage/sql/rows/kept_answer_rows.h"
#include "storage/sql/rows/project_rows.h"
#include "storage/sql/sql_store.h"

// The part of SqlStore that is ProjectStore.
namespace webhooks::sql {

void SqlStore::HadFirstProject(const CallOptions& options, Done<bool> done) {
  Read<bool>("", options, &sql::HadFirstProject, std::move(done));
}

void SqlStore::CreateFirstProject(const v1::Project& project,
                                  const v1::ApiKey& key, const ApiKeyHash& hash,
                                  const CallOptions& options, DoneStatus done) {
  Writer(project.id_project())
      .Submit(
          options,
          [project, key, hash](Connection& connection) {
            // First: another server may make it, with the key of the same file.
            absl::Status status =
                InsertFirstProject(connection, project.id_project());
            if (status.ok()) {
              status = InsertProject(connection, project).status();
            }
            if (!status.ok()) return status;
            return InsertApiKey(connection, key, hash);
          },
          std::move(done));
}

void SqlStore::CreateProject(const v1::Project& project,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions& options,
                             Done<Created<v1::Project>> done) {
  Write<Created<v1::Project>>(
      project.id_project(), options,
      [this, project, idempotency](Connection& connection) {
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<v1::Project>(answers, idempotency, [&] {
          return InsertProject(connection, project);
        });
      },
      std::move(done));
}

void SqlStore::GetProject(absl::string_view id, const CallOptions& options,
                          Done<v1::Project> done) {
  Read<v1::Project>(
      id, options,
      [id = std::string(id)](Connection& connection) {
        return SelectProject(connection, id);
      },
      std::move(done));
}

void SqlStore::ListProjects(const PageStart<v1::Project>& start,
                            const CallOptions& options,
                            Done<Page<v1::Project>> done) {
  Read<Page<v1::Project>>(
      "", options,
      [start](Connection& connection) {
        return SelectProjects(connection, start);
      },
      std::move(done));
}

void SqlStore::UpdateProject(const v1::UpdateProjectRequest& change,
                             const CallOptions& options,
                             Done<v1::Project> done) {
  Write<v1::Project>(
      change.id(), options,
      [change](Connection& connection) {
        return ChangeProject(connection, change);
      },
      std::move(done));
}

void SqlStore::DeleteProject(absl::string_view id, absl::Time now,
                             const CallOptions& options,
                             Done<v1::Project> done) {
  WriteAndNotify<v1::Project>(
      id, options,
      [id = std::string(id), now](Connection& connection,
                                  Notifications& notifications) {
        auto project = MarkProjectDeleted(connection, id, now);
        if (project.ok()) {
          notifications.AddChanged({project->id_project(), /*webhook=*/""},
                                   absl::InfiniteFuture());
        }
        return project;
      },
      std::move(done));
}

void SqlStore::CreateApiKey(const v1::CreateApiKeyResponse& answer,
                            const ApiKeyHash& hash,
                            const std::optional<Idempotency>& idempotency,
                            const CallOptions& options,
                            Done<Created<v1::CreateApiKeyResponse>> done) {
  using Answer = v1::CreateApiKeyResponse;
  Write<Created<Answer>>(
      answer.api_key().id_project(), options,
      [this, answer, hash,
       idempotency](Connection& connection) -> absl::StatusOr<Created<Answer>> {
        const v1::ApiKey& key = answer.api_key();
        const auto owner = SelectProject(connection, key.id_project());
        // A kept answer does not outlive the project.
        if (!owner.ok()) return owner.status();
        KeptAnswerRows answers(connection, *sealer_);
        return PerformOnce<Answer>(
            answers, idempotency, [&]() -> absl::StatusOr<Answer> {
              absl::Status status = InsertApiKey(connection, key, hash);
              if (!status.ok()) return status;
              return answer;
            });
      },
      std::move(done));
}

void SqlStore::ListApiKeys(absl::string_view project,
                           const PageStart<v1::ApiKey>& start,
                           const CallOptions& options,
                           Done<Page<v1::ApiKey>> done) {
  Read<Page<v1::ApiKey>>(
      project, options,
      [project = std::string(project), start](Connection& connection) {
        return SelectApiKeys(connection, project, start);
      },
      std::move(done));
}

void SqlStore::RevokeApiKey(absl::string_view id, absl::Time now,
                            const CallOptions& options, Done<v1::ApiKey> done) {
  Write<v1::ApiKey>(
      "", options,
      [id = std::string(id), now](Connection& connection) {
        return sql::RevokeApiKey(connection, id, now);
      },
      std::move(done));
}

void SqlStore::FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                          Done<KeyOwner> done) {
  ReadKey<KeyOwner>(
      options,
      [hash](Connection& connection) {
        return SelectKeyOwner(connection, hash);
      },
      std::move(done));
}

void SqlStore::NoteKeyUse(absl::string_view id, absl::Time now,
                          const CallOptions& options, DoneStatus done) {
  Writer("").Submit(
      options,
      [id = std::string(id), now](Connection& connection) {
        return UpdateLastUse(connection, id, now);
      },
      std::move(done));
}

void SqlStore::BindCertificate(const v1::CertificateBinding& binding,
                               const CallOptions& options,
                               Done<v1::CertificateBinding> done) {
  Write<v1::CertificateBinding>(
      binding.id_project(), options,
      [binding](Connection& connection) {
        return sql::BindCertificate(connection, binding);
      },
      std::move(done));
}

void SqlStore::ListCertificates(absl::string_view project,
                                const PageStart<v1::CertificateBinding>& start,
                                const CallOptions& options,
                                Done<Page<v1::CertificateBinding>> done) {
  Read<Page<v1::CertificateBinding>>(
      project, options,
      [project = std::string(project), start](Connection& connection) {
        return SelectCertificates(connection, project, start);
      },
      std::move(done));
}

void SqlStore::UnbindCertificate(absl::string_view name,
                                 const CallOptions& options,
                                 Done<v1::CertificateBinding> done) {
  Write<v1::CertificateBinding>(
      "", options,
      [name = std::string(name)](Connection& connection) {
        return sql::UnbindCertificate(connection, name);
      },
      std::move(done));
}

void SqlStore::FindCertificate(absl::string_view name,
                               const CallOptions& options,
                               Done<v1::Project> done) {
  ReadKey<v1::Project>(
      options,
      [name = std::string(name)](Connection& connection) {
        return SelectCertificateProject(connection, name);
      },
      std::move(done));
}

}  // namespace webhooks::sql

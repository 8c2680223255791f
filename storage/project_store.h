#ifndef WEBHOOKS_STORAGE_PROJECT_STORE_H_
#define WEBHOOKS_STORAGE_PROJECT_STORE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/idempotency.h"
#include "storage/page.h"
#include "webhooks/v1/admin.pb.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks {

// The SHA-256 of an API key.
using ApiKeyHash = Digest;

// An API key, and the project that it gives access to.
struct KeyOwner {
  v1::ApiKey key;
  v1::Project project;
};

// Projects, their API keys and their certificates. The promises of Store hold
// here. NOT_FOUND (PROJECT_NOT_FOUND): the project does not exist, or was
// deleted.
class ProjectStore {
 public:
  virtual ~ProjectStore() = default;

  // Returns true if CreateFirstProject ever created a project, even if that was
  // deleted since.
  virtual void HadFirstProject(const CallOptions& options, Done<bool> done) = 0;

  // Stores the first project and its key in one transaction. `key` belongs to
  // `project`, and `hash` is the hash of the key's text. ALREADY_EXISTS
  // (FIRST_PROJECT_EXISTS): HadFirstProject is true. INTERNAL: an id or the
  // hash is in use.
  virtual void CreateFirstProject(const v1::Project& project,
                                  const v1::ApiKey& key, const ApiKeyHash& hash,
                                  const CallOptions& options,
                                  DoneStatus done) = 0;

  // Stores a new project, without a key. INTERNAL: the id is in use.
  virtual void CreateProject(const v1::Project& project,
                             const std::optional<Idempotency>& idempotency,
                             const CallOptions& options,
                             Done<Created<v1::Project>> done) = 0;

  // Reads one project.
  virtual void GetProject(absl::string_view id, const CallOptions& options,
                          Done<v1::Project> done) = 0;

  // Reads a page of all projects.
  virtual void ListProjects(const PageStart<v1::Project>& start,
                            const CallOptions& options,
                            Done<Page<v1::Project>> done) = 0;

  // Changes a project; see WebhookStore::UpdateWebhook. Returns the project
  // after the change.
  virtual void UpdateProject(const v1::UpdateProjectRequest& change,
                             const CallOptions& options,
                             Done<v1::Project> done) = 0;

  // Deletes a project. No later call finds its keys and webhooks;
  // Upkeep::Maintain deletes them from the database. Returns the project as it
  // was.
  virtual void DeleteProject(absl::string_view id, absl::Time now,
                             const CallOptions& options,
                             Done<v1::Project> done) = 0;

  // Stores `answer.api_key`; `hash` is the hash of the key's text. The text is
  // kept only for `idempotency`, sealed, and is deleted with the project.
  // INTERNAL: the id or the hash is in use.
  virtual void CreateApiKey(const v1::CreateApiKeyResponse& answer,
                            const ApiKeyHash& hash,
                            const std::optional<Idempotency>& idempotency,
                            const CallOptions& options,
                            Done<Created<v1::CreateApiKeyResponse>> done) = 0;

  // Reads a page of the keys of a project, including revoked and expired ones.
  virtual void ListApiKeys(absl::string_view project,
                           const PageStart<v1::ApiKey>& start,
                           const CallOptions& options,
                           Done<Page<v1::ApiKey>> done) = 0;

  // Marks a key as revoked at `now`, unless it is revoked already. Returns the
  // key after the change. NOT_FOUND (API_KEY_NOT_FOUND): no key has this id.
  virtual void RevokeApiKey(absl::string_view id, absl::Time now,
                            const CallOptions& options,
                            Done<v1::ApiKey> done) = 0;

  // Finds the key with `hash`, even if it is revoked or expired. NOT_FOUND
  // (API_KEY_NOT_FOUND): no key has this hash, or its project was deleted.
  virtual void FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                          Done<KeyOwner> done) = 0;

  // Records that a key was used at `now`, to the minute. Ignores a key that
  // does not exist.
  virtual void NoteKeyUse(absl::string_view id, absl::Time now,
                          const CallOptions& options, DoneStatus done) = 0;

  // Stores `binding`, unless its name is bound to its project already. Returns
  // the stored binding. ALREADY_EXISTS (CERTIFICATE_BOUND): the name is bound
  // to another project.
  virtual void BindCertificate(const v1::CertificateBinding& binding,
                               const CallOptions& options,
                               Done<v1::CertificateBinding> done) = 0;

  // Reads a page of the bindings of a project, in the order of their names.
  virtual void ListCertificates(absl::string_view project,
                                const PageStart<v1::CertificateBinding>& start,
                                const CallOptions& options,
                                Done<Page<v1::CertificateBinding>> done) = 0;

  // Deletes a binding. Returns it as it was. NOT_FOUND (CERTIFICATE_NOT_FOUND):
  // the name is not bound.
  virtual void UnbindCertificate(absl::string_view name,
                                 const CallOptions& options,
                                 Done<v1::CertificateBinding> done) = 0;

  // Finds the project that `name` is bound to. NOT_FOUND
  // (CERTIFICATE_NOT_FOUND): the name is not bound, or the project was deleted.
  virtual void FindCertificate(absl::string_view name,
                               const CallOptions& options,
                               Done<v1::Project> done) = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_PROJECT_STORE_H_

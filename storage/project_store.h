#ifndef WEBHOOKS_STORAGE_PROJECT_STORE_H_
#define WEBHOOKS_STORAGE_PROJECT_STORE_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/call.h"
#include "storage/page.h"
#include "webhooks/v1/admin.pb.h"
#include "webhooks/v1/admin_service.pb.h"

namespace webhooks {

// The SHA-256 of an API key.
using ApiKeyHash = Digest;

// An API key, and the project that it opens.
struct KeyOwner {
  v1::ApiKey key;
  v1::Project project;
};

// Projects, their API keys and their certificates. What Store promises of its
// calls holds here. NOT_FOUND (PROJECT_NOT_FOUND): there is no such project, or
// it was deleted.
class ProjectStore {
 public:
  virtual ~ProjectStore() = default;

  // Ends with whether CreateProjectAndKey ever made a project, whatever became
  // of it.
  virtual void HadFirstProject(const CallOptions& options, Done<bool> done) = 0;

  // Stores the first project and its key, both or neither. `key` names
  // `project`, and `hash` is of the key itself. INTERNAL: an id or the hash is
  // taken.
  virtual void CreateProjectAndKey(const v1::Project& project,
                                   const v1::ApiKey& key,
                                   const ApiKeyHash& hash,
                                   const CallOptions& options,
                                   DoneStatus done) = 0;

  // Stores a new project, without a key. INTERNAL: the id is taken.
  virtual void CreateProject(const v1::Project& project,
                             const std::optional<Idempotency>& once,
                             const CallOptions& options,
                             Done<Created<v1::Project>> done) = 0;

  virtual void GetProject(absl::string_view id, const CallOptions& options,
                          Done<v1::Project> done) = 0;

  virtual void ListProjects(const PageStart<v1::Project>& start,
                            const CallOptions& options,
                            Done<Page<v1::Project>> done) = 0;

  // Changes a project; see WebhookStore::UpdateWebhook. Ends with the project
  // as it then is.
  virtual void UpdateProject(const v1::UpdateProjectRequest& change,
                             const CallOptions& options,
                             Done<v1::Project> done) = 0;

  // Removes a project. From then on its keys and webhooks are found by no call;
  // Store::Maintain takes them out of the database. Ends with what it was.
  virtual void DeleteProject(absl::string_view id, absl::Time now,
                             const CallOptions& options,
                             Done<v1::Project> done) = 0;

  // Stores `answer.api_key`, of whose key `hash` is. The key itself is kept for
  // `once` only, sealed, and no longer than the project. INTERNAL: the id or
  // the hash is taken.
  virtual void CreateApiKey(const v1::CreateApiKeyResponse& answer,
                            const ApiKeyHash& hash,
                            const std::optional<Idempotency>& once,
                            const CallOptions& options,
                            Done<Created<v1::CreateApiKeyResponse>> done) = 0;

  // Reads the keys of a project, those that open nothing any more included.
  virtual void ListApiKeys(absl::string_view project,
                           const PageStart<v1::ApiKey>& start,
                           const CallOptions& options,
                           Done<Page<v1::ApiKey>> done) = 0;

  // Marks a key as revoked at `now`, unless it is already. Ends with the key as
  // it then is. NOT_FOUND (API_KEY_NOT_FOUND): there is none with this id.
  virtual void RevokeApiKey(absl::string_view id, absl::Time now,
                            const CallOptions& options,
                            Done<v1::ApiKey> done) = 0;

  // Finds the key with `hash`, revoked and ended ones too. NOT_FOUND
  // (API_KEY_NOT_FOUND): there is none, or its project was deleted.
  virtual void FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                          Done<KeyOwner> done) = 0;

  // Notes that a key was used at `now`, to the minute. A key that is gone is
  // passed over.
  virtual void NoteKeyUse(absl::string_view id, absl::Time now,
                          const CallOptions& options, DoneStatus done) = 0;

  // Stores `binding`, unless its name is bound to its project already. Ends
  // with what then is. ALREADY_EXISTS (CERTIFICATE_BOUND): the name is bound to
  // another project.
  virtual void BindCertificate(const v1::CertificateBinding& binding,
                               const CallOptions& options,
                               Done<v1::CertificateBinding> done) = 0;

  // Reads what is bound to a project, in the order of the names.
  virtual void ListCertificates(absl::string_view project,
                                const PageStart<v1::CertificateBinding>& start,
                                const CallOptions& options,
                                Done<Page<v1::CertificateBinding>> done) = 0;

  // Removes a binding. Ends with what it was. NOT_FOUND
  // (CERTIFICATE_NOT_FOUND): there is none of this name.
  virtual void UnbindCertificate(absl::string_view name,
                                 const CallOptions& options,
                                 Done<v1::CertificateBinding> done) = 0;

  // Finds the project that `name` is bound to. NOT_FOUND
  // (CERTIFICATE_NOT_FOUND): there is none, or it was deleted.
  virtual void FindCertificate(absl::string_view name,
                               const CallOptions& options,
                               Done<v1::Project> done) = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_PROJECT_STORE_H_

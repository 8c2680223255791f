#ifndef WEBHOOKS_STORAGE_STORE_H_
#define WEBHOOKS_STORAGE_STORE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "webhooks/v1/admin.pb.h"
#include "webhooks/v1/webhook.pb.h"

namespace webhooks {

// Takes the outcome of one call, exactly once: on a thread of the store, or on
// the caller's before the call returns. It must not block, and it may call the
// store unless the store's destructor has begun.
template <typename T>
using Done = absl::AnyInvocable<void(absl::StatusOr<T>) &&>;

// As Done, of a call without a result.
using DoneStatus = absl::AnyInvocable<void(absl::Status) &&>;

// How long a caller waits, and whether it still does. A call that has not
// begun when its caller stops waiting ends with DEADLINE_EXCEEDED or CANCELLED
// and does nothing; one that has begun runs to its end.
struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller once it no longer waits; null: it always does.
  std::shared_ptr<const std::atomic<bool>> cancelled;
};

// The SHA-256 of an API key.
using ApiKeyHash = std::array<std::uint8_t, 32>;

// The durable records of the service. Thread-safe. Calls never block: they
// queue, and the completion tells. Completions of calls that wait together may
// come in any order.
//
// What every call promises:
// - A change whose completion is OK survives the end of the process and of the
//   machine, at any moment after; any other outcome of a change leaves nothing
//   of it.
// - A call begun after the completion of a change sees that change.
// - Besides its own errors a call can end with RESOURCE_EXHAUSTED (STORAGE_BUSY
//   at once when too many calls wait, STORAGE_FULL), UNAVAILABLE
//   (STORAGE_UNAVAILABLE), INTERNAL (STORAGE_FAILURE), DEADLINE_EXCEEDED and
//   CANCELLED (see CallOptions).
// - Ids are UUIDs as text and read in either case. One that is not a UUID is
//   found nowhere: NOT_FOUND.
class Store {
 public:
  // Ends every call that was accepted, then closes. No call may begin once the
  // destructor has.
  virtual ~Store() = default;

  // Ends OK if the store can read, and the path that changes take is not
  // stuck. Changes nothing.
  virtual void Probe(const CallOptions& options, DoneStatus done) = 0;

  // Ends with whether there is any project.
  virtual void HasProject(const CallOptions& options, Done<bool> done) = 0;

  // Stores `project` and its first key, both or neither. `key` names `project`,
  // and `hash` is of the key itself. INTERNAL: an id or the hash is taken.
  virtual void CreateProject(const v1::Project& project, const v1::ApiKey& key,
                             const ApiKeyHash& hash, const CallOptions& options,
                             DoneStatus done) = 0;

  // Finds the key with `hash`. NOT_FOUND (API_KEY_NOT_FOUND): there is none.
  virtual void FindApiKey(const ApiKeyHash& hash, const CallOptions& options,
                          Done<v1::ApiKey> done) = 0;

  // Stores a new webhook as it is: the caller has made its id, secret and times
  // (kept to the millisecond) and checked every field; no event type holds a
  // comma. NOT_FOUND (PROJECT_NOT_FOUND): the project is gone. INTERNAL: the id
  // is taken.
  virtual void CreateWebhook(const v1::Webhook& webhook,
                             const CallOptions& options, DoneStatus done) = 0;

  // Reads one webhook. NOT_FOUND (WEBHOOK_NOT_FOUND): `project` has none with
  // this id, whoever else has.
  virtual void GetWebhook(absl::string_view project, absl::string_view id,
                          const CallOptions& options,
                          Done<v1::Webhook> done) = 0;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_STORE_H_

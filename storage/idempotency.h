#ifndef WEBHOOKS_STORAGE_IDEMPOTENCY_H_
#define WEBHOOKS_STORAGE_IDEMPOTENCY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Idempotent calls: a repeat of a call gets the answer of the first one.
namespace webhooks {

// A SHA-256.
using Digest = std::array<std::uint8_t, 32>;

// Identifies a call that creates something, so that repeats of it have no
// effect. The first call with a `key` is performed, and its answer is kept for
// kRetention in the same transaction. A later call with the same `key` and
// `request` returns that answer and changes nothing. ALREADY_EXISTS
// (REQUEST_ID_REUSED): the key was used for another request; nothing is
// changed. An error is not kept.
struct Idempotency {
  static constexpr absl::Duration kRetention = absl::Hours(24);

  // Digest of the caller's identity and its key: callers do not share keys.
  Digest key;
  // Digest of the request.
  Digest request;
  // The project of the call, with which the answer is deleted; "" if none.
  std::string project;
  // The time of the call.
  absl::Time now;
  // The status of a call that is not a repeat. An error is set for a call that
  // is valid only as a repeat; OK: the call is performed.
  absl::Status status_if_new = absl::OkStatus();
};

// The result of a call that creates something.
template <typename T>
struct Created {
  T answer;
  // True if `answer` is that of an earlier call with the same Idempotency.
  bool replayed = false;
};

// The answers that a store keeps, serialized, within one transaction.
class KeptAnswers {
 public:
  virtual ~KeptAnswers() = default;

  // Returns the answer that is kept for `idempotency`, or nullopt.
  // ALREADY_EXISTS (REQUEST_ID_REUSED): it is the answer to another request.
  virtual absl::StatusOr<std::optional<std::string>> Find(
      const Idempotency& idempotency) = 0;

  // Keeps `answer` until `idempotency.now` + kRetention. Replaces an expired
  // one.
  virtual absl::Status Keep(const Idempotency& idempotency,
                            const std::string& answer) = 0;

  // Returns the error for an answer that cannot be parsed.
  virtual absl::Status Damaged() = 0;
};

// Returns the answer that is kept for `idempotency`. If there is none, returns
// the result of `perform`, an absl::StatusOr of a message, and keeps it.
template <typename T, typename Perform>
absl::StatusOr<Created<T>> PerformOnce(
    KeptAnswers& answers, const std::optional<Idempotency>& idempotency,
    Perform&& perform) {
  if (idempotency) {
    const auto kept = answers.Find(*idempotency);
    if (!kept.ok()) return kept.status();
    if (*kept) {
      Created<T> created{T(), /*replayed=*/true};
      if (created.answer.ParseFromString(**kept)) return created;
      return answers.Damaged();
    }
    if (!idempotency->status_if_new.ok()) return idempotency->status_if_new;
  }
  absl::StatusOr<T> made = std::forward<Perform>(perform)();
  if (!made.ok()) return made.status();
  if (idempotency) {
    absl::Status kept = answers.Keep(*idempotency, made->SerializeAsString());
    if (!kept.ok()) return kept;
  }
  return Created<T>{*std::move(made)};
}

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_IDEMPOTENCY_H_

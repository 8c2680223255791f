#ifndef WEBHOOKS_STORAGE_UNFINISHED_FILE_H_
#define WEBHOOKS_STORAGE_UNFINISHED_FILE_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace webhooks {

// A file that gets its name when it is complete. Until then it has a temporary
// name in the same folder, and the destructor deletes it. Only its owner can
// read it. Messages name the file.
class UnfinishedFile {
 public:
  // Creates the file. NOT_FOUND, PERMISSION_DENIED, ...: the system's error.
  static absl::StatusOr<UnfinishedFile> Create(const std::string& final_path);

  UnfinishedFile(UnfinishedFile&& other) noexcept;
  UnfinishedFile& operator=(UnfinishedFile&&) = delete;
  ~UnfinishedFile();

  // Returns the temporary path; "" after Finish.
  const std::string& path() const { return path_; }

  // Writes `bytes` at the end. Errors are those of Sync.
  absl::Status Append(absl::string_view bytes);

  // Returns the size in bytes. Errors are the system's.
  absl::StatusOr<std::int64_t> Size() const;

  // Syncs the file to the disk. RESOURCE_EXHAUSTED, ...: the system's error;
  // the file is of no use then.
  absl::Status Sync();

  // Syncs the file, gives it its name, and syncs its folder. ALREADY_EXISTS:
  // another file has the name. Other errors are those of Sync.
  absl::Status Finish();

 private:
  UnfinishedFile(std::string final_path, std::string path, int descriptor)
      : final_path_(std::move(final_path)),
        path_(std::move(path)),
        descriptor_(descriptor) {}

  const std::string final_path_;
  std::string path_;  // "" once it has its name
  int descriptor_;
};

}  // namespace webhooks

#endif  // WEBHOOKS_STORAGE_UNFINISHED_FILE_H_

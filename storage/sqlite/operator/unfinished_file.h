#ifndef WEBHOOKS_STORAGE_SQLITE_OPERATOR_UNFINISHED_FILE_H_
#define WEBHOOKS_STORAGE_SQLITE_OPERATOR_UNFINISHED_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace webhooks::sqlite {

// A file that gets its name once it is whole: until then it has another one
// beside it, and goes with its owner. For its owner alone to read. Messages
// name the file.
class UnfinishedFile {
 public:
  // NOT_FOUND, PERMISSION_DENIED, ...: it cannot be made there, as the system
  // says.
  static absl::StatusOr<UnfinishedFile> Make(const std::string& final_path);

  UnfinishedFile(UnfinishedFile&& other) noexcept;
  UnfinishedFile& operator=(UnfinishedFile&&) = delete;
  ~UnfinishedFile();

  // Where it is now.
  const std::string& path() const { return path_; }

  // Returns its size. Errors are the system's.
  absl::StatusOr<std::int64_t> Size() const;

  // Writes to the disk what was written to the file. RESOURCE_EXHAUSTED: there
  // is no room, and others as the system says; it is of no use then.
  absl::Status Sync();

  // Syncs it, gives it its name, and syncs its folder. ALREADY_EXISTS: another
  // file has got the name. Others as of Sync.
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

}  // namespace webhooks::sqlite

#endif  // WEBHOOKS_STORAGE_SQLITE_OPERATOR_UNFINISHED_FILE_H_

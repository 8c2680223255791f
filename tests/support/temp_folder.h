#ifndef WEBHOOKS_TESTS_SUPPORT_TEMP_FOLDER_H_
#define WEBHOOKS_TESTS_SUPPORT_TEMP_FOLDER_H_

#include <filesystem>
#include <string>

namespace webhooks::testing {

// A new folder, deleted with its content by the destructor.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();

  // Returns the path of `name` in the folder.
  std::string Path(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

// Returns the content of a file; "" if it cannot be read.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);
// Gives the file another content at once, so that nobody sees a part of it.
void ReplaceFile(const std::string& path, const std::string& content);

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_TEMP_FOLDER_H_

#include "tests/support/temp_folder.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace webhooks::testing {

TempFolder::TempFolder() {
  std::string path =
      (std::filesystem::temp_directory_path() / "webhooks-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) std::abort();
  path_ = path;
}

TempFolder::~TempFolder() { std::filesystem::remove_all(path_); }

std::string TempFolder::Path(const std::string& name) const {
  return (path_ / name).string();
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

void ReplaceFile(const std::string& path, const std::string& content) {
  const std::string other = path + ".new";
  WriteFile(other, content);
  std::filesystem::rename(other, path);
}

}  // namespace webhooks::testing

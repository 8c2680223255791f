#include "gateway/pages.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

namespace webhooks::gateway {
namespace {

namespace fs = std::filesystem;

// Returns the content type of a file; "" if it is not a page.
absl::string_view ContentType(const fs::path& file) {
  constexpr std::pair<absl::string_view, absl::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".md", "text/plain; charset=utf-8"},
      {".png", "image/png"},
      {".svg", "image/svg+xml"}};
  const std::string extension = file.extension().string();
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return type;
  }
  return "";
}

// Returns nullopt if the file is empty or cannot be read.
std::optional<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!file || content.empty()) return std::nullopt;
  return content;
}

}  // namespace

Pages ReadPages(const std::string& folder) {
  Pages pages;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    const fs::path& path = entry->path();
    const absl::string_view type = ContentType(path);
    if (type.empty()) continue;
    auto body = ReadFile(path);
    if (!body) return {};
    pages[path.lexically_relative(folder).generic_string()] = {
        type, *std::move(body), ReadFile(path.string() + ".gz").value_or("")};
  }
  return error || !pages.contains(kFirstPage) ? Pages() : pages;
}

std::string DefaultPagesFolder(absl::string_view name) {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return "";
  return (program.parent_path().parent_path() / "share" / "webhooks" /
          std::string(name))
      .string();
}

}  // namespace webhooks::gateway

#include "gateway/openapi/comments.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.pb.h"

namespace webhooks::gateway {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptorProto;

// Joins the lines of each paragraph of a comment.
std::string Paragraphs(absl::string_view comment) {
  std::string text;
  bool is_new = true;
  for (absl::string_view line : absl::StrSplit(comment, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) {
      is_new = true;
      continue;
    }
    if (!text.empty()) absl::StrAppend(&text, is_new ? "\n\n" : " ");
    absl::StrAppend(&text, line);
    is_new = false;
  }
  return text;
}

// Walks a file by the paths of its source information.
class Walk {
 public:
  Walk(const FileDescriptorProto& file,
       absl::flat_hash_map<std::string, std::string>& comments)
      : comments_(comments) {
    for (const auto& location : file.source_code_info().location()) {
      if (!location.has_leading_comments()) continue;
      by_path_.emplace(Path(location.path().begin(), location.path().end()),
                       location.leading_comments());
    }
    const std::string& scope = file.package();
    Each(file.message_type(), FileDescriptorProto::kMessageTypeFieldNumber,
         scope);
    Each(file.enum_type(), FileDescriptorProto::kEnumTypeFieldNumber, scope);
    Each(file.service(), FileDescriptorProto::kServiceFieldNumber, scope);
  }

 private:
  using Path = std::vector<int>;

  // Visits `elements`, declared in `scope` as field `number` of their parent.
  template <typename Elements>
  void Each(const Elements& elements, int number, const std::string& scope) {
    path_.push_back(number);
    for (int i = 0; i < elements.size(); ++i) {
      path_.push_back(i);
      const std::string name =
          absl::StrCat(scope, scope.empty() ? "" : ".", elements[i].name());
      const auto comment = by_path_.find(path_);
      if (comment != by_path_.end()) {
        comments_.emplace(name, Paragraphs(comment->second));
      }
      Within(elements[i], name, scope);
      path_.pop_back();
    }
    path_.pop_back();
  }

  void Within(const DescriptorProto& message, const std::string& name,
              const std::string&) {
    Each(message.field(), DescriptorProto::kFieldFieldNumber, name);
    Each(message.nested_type(), DescriptorProto::kNestedTypeFieldNumber, name);
    Each(message.enum_type(), DescriptorProto::kEnumTypeFieldNumber, name);
  }

  // The values of an enum have names in the scope of the enum's parent.
  void Within(const EnumDescriptorProto& type, const std::string&,
              const std::string& scope) {
    Each(type.value(), EnumDescriptorProto::kValueFieldNumber, scope);
  }

  void Within(const ServiceDescriptorProto& service, const std::string& name,
              const std::string&) {
    Each(service.method(), ServiceDescriptorProto::kMethodFieldNumber, name);
  }

  template <typename Leaf>
  void Within(const Leaf&, const std::string&, const std::string&) {}

  absl::flat_hash_map<Path, std::string> by_path_;
  absl::flat_hash_map<std::string, std::string>& comments_;
  Path path_;
};

}  // namespace

absl::StatusOr<Comments> Comments::Read(absl::string_view descriptor_set) {
  FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(),
                          static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("it is no FileDescriptorSet");
  }
  Comments comments;
  for (const FileDescriptorProto& file : set.file()) {
    if (!file.has_source_code_info()) continue;
    comments.files_.push_back(file.name());
    Walk(file, comments.comments_);
  }
  if (comments.files_.empty()) {
    return absl::InvalidArgumentError("no file has source information");
  }
  return comments;
}

std::string Comments::Find(const std::string& full_name) const {
  const auto found = comments_.find(full_name);
  return found == comments_.end() ? "" : found->second;
}

}  // namespace webhooks::gateway

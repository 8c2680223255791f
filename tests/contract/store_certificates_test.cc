#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/time.h"
#include "tests/contract/backend.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"
#include "tests/support/wait.h"

namespace webhooks::testing {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Certificates and the projects that they are bound to.
class StoreCertificates : public StoreContract {
 protected:
  using Binding = v1::CertificateBinding;

  absl::StatusOr<Binding> Bind(const std::string& name,
                               const std::string& project,
                               absl::Time now = kNow) {
    Binding binding;
    binding.set_name(name);
    binding.set_id_project(project);
    *binding.mutable_created_at() = ToTimestamp(now);
    return Await<Binding>(
        [&](auto done) { store_->BindCertificate(binding, {}, done); });
  }

  absl::StatusOr<Binding> Unbind(const std::string& name) {
    return Await<Binding>(
        [&](auto done) { store_->UnbindCertificate(name, {}, done); });
  }

  absl::StatusOr<v1::Project> Find(const std::string& name) {
    return Await<v1::Project>(
        [&](auto done) { store_->FindCertificate(name, {}, done); });
  }

  absl::StatusOr<Page<Binding>> List(const std::string& project,
                                     const PageStart<Binding>& start = {}) {
    return Await<Page<Binding>>(
        [&](auto done) { store_->ListCertificates(project, start, {}, done); });
  }

  void Delete(const std::string& project) {
    ASSERT_THAT(Await<v1::Project>([&](auto done) {
                  store_->DeleteProject(project, kNow, {}, done);
                }),
                IsOk());
  }

  const std::string project_ = NewProject();
  const ::testing::Matcher<absl::Status> not_found_ =
      StatusIs(absl::StatusCode::kNotFound, "CERTIFICATE_NOT_FOUND");
};

TEST_P(StoreCertificates, GiveAccessToTheirProject) {
  EXPECT_THAT(Find("client.example").status(), not_found_);
  ASSERT_THAT(Bind("client.example", project_), IsOk());
  Reopen();
  const auto found = Find("client.example");
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->id_project(), project_);
  EXPECT_THAT(Find("Client.example").status(), not_found_);
}

TEST_P(StoreCertificates, AreNotChangedWhenTheyAreBoundAgain) {
  const auto first = Bind("a", project_);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(FromTimestamp(first->created_at()), kNow);
  const auto second = Bind("a", project_, kNow + absl::Hours(1));
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *second));
}

TEST_P(StoreCertificates, GiveAccessToOneProjectOnly) {
  const std::string other = NewProject();
  ASSERT_THAT(Bind("a", project_), IsOk());
  EXPECT_THAT(Bind("a", other),
              StatusIs(absl::StatusCode::kAlreadyExists, "CERTIFICATE_BOUND"));
  EXPECT_EQ(Find("a")->id_project(), project_);
  EXPECT_THAT(List(other)->records, IsEmpty());
}

TEST_P(StoreCertificates, GiveNoAccessAfterTheyAreUnbound) {
  const auto bound = Bind("a", project_);
  const auto unbound = Unbind("a");
  ASSERT_THAT(unbound, IsOk());
  EXPECT_TRUE(MessageDifferencer::Equals(*unbound, *bound));
  EXPECT_THAT(Find("a").status(), not_found_);
  EXPECT_THAT(Unbind("a").status(), not_found_);
  EXPECT_THAT(Bind("a", NewProject()), IsOk());
}

TEST_P(StoreCertificates, AreListedPageByPageInTheOrderOfTheirNames) {
  for (const char* name : {"c", "a", "B", "spiffe://x/1"}) {
    ASSERT_THAT(Bind(name, project_), IsOk());
  }
  ASSERT_THAT(Bind("b", NewProject()), IsOk());
  std::vector<std::string> listed;
  std::optional<std::string> after;
  do {
    const auto page = List(project_, {after, 3});
    ASSERT_THAT(page, IsOk());
    for (const Binding& binding : page->records) {
      listed.push_back(binding.name());
    }
    after = page->next;
  } while (after);
  EXPECT_THAT(listed, ElementsAre("B", "a", "c", "spiffe://x/1"));
}

TEST_P(StoreCertificates, NeedAProject) {
  const auto no_project =
      StatusIs(absl::StatusCode::kNotFound, "PROJECT_NOT_FOUND");
  EXPECT_THAT(Bind("a", NewId()), no_project);
  EXPECT_THAT(List(NewId()), no_project);
}

TEST_P(StoreCertificates, AreDeletedWithTheirProject) {
  ASSERT_THAT(Bind("a", project_), IsOk());
  ASSERT_THAT(Bind("b", project_), IsOk());
  Delete(project_);
  EXPECT_THAT(Find("a").status(), not_found_);
  EXPECT_THAT(Unbind("a").status(), not_found_);
  const std::string other = NewProject();
  ASSERT_THAT(Bind("a", other), IsOk());
  while (*Await<bool>(
      [&](auto done) { store_->Maintain(kNow, absl::Hours(24), {}, done); })) {
  }
  EXPECT_EQ(Find("a")->id_project(), other);
  EXPECT_THAT(Find("b").status(), not_found_);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreCertificates,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing

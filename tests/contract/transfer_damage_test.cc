#include <cstddef>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "tests/contract/transfer_contract.h"
#include "tests/support/records.h"
#include "tests/support/status_matchers.h"

namespace webhooks::testing {
namespace {

// Streams that are not what an export has written.
class DamagedTransfers : public TransferContract {
 protected:
  // Returns a small stream.
  std::string MakeStream() {
    listener_ = NewListener();
    for (int i = 0; i < 3; ++i) PublishOne();
    for (const LeasedDelivery& leased : Lease(listener_, 2).deliveries) {
      EXPECT_THAT(Record(ResultOf(listener_, leased, Outcome::kFailed)),
                  IsOk());
    }
    return Export();
  }

  // Expects that the stream is not imported, and that the right one is then.
  void ExpectRefusal(const TestDatabase& database, const std::string& stream,
                     std::size_t place) {
    EXPECT_FALSE(Import(database, stream).ok()) << "at byte " << place;
  }

  void ExpectUnchanged(std::unique_ptr<TestDatabase> database,
                       const std::string& stream) {
    ASSERT_THAT(Import(*database, stream), IsOk());
    database_.swap(database);
    EXPECT_TRUE(Export() == stream);
    database_.swap(database);
  }
};

TEST_P(DamagedTransfers, AreRefusedIfTheyEndEarly) {
  const std::string stream = MakeStream();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    for (std::size_t size = 0; size < stream.size(); size += 83) {
      ExpectRefusal(*database, stream.substr(0, size), size);
    }
    for (std::size_t missing = 1; missing < 60; missing += 3) {
      const std::size_t size = stream.size() - missing;
      EXPECT_THAT(Import(*database, stream.substr(0, size)),
                  StatusIs(absl::StatusCode::kDataLoss));
    }
    ExpectUnchanged(std::move(database), stream);
  });
}

TEST_P(DamagedTransfers, AreRefusedIfAByteHasChanged) {
  const std::string stream = MakeStream();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    for (std::size_t place = 0; place < stream.size(); place += 71) {
      std::string changed = stream;
      changed[place] = static_cast<char>(changed[place] ^ (1 << (place % 8)));
      ExpectRefusal(*database, changed, place);
    }
    for (std::size_t place = stream.size() - 60; place < stream.size();
         ++place) {
      std::string changed = stream;
      changed[place] = static_cast<char>(changed[place] ^ 4);
      ExpectRefusal(*database, changed, place);
    }
    ExpectUnchanged(std::move(database), stream);
  });
}

TEST_P(DamagedTransfers, AreRefusedIfSomethingFollows) {
  const std::string stream = MakeStream();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    EXPECT_THAT(Import(*database, stream + "\n"),
                StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(Import(*database, stream + stream),
                StatusIs(absl::StatusCode::kDataLoss));
    ExpectUnchanged(std::move(database), stream);
  });
}

TEST_P(DamagedTransfers, AreRefusedIfTheyAreSomethingElse) {
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    for (const std::string& other :
         {std::string(), std::string("{\"events\":[]}"),
          std::string(100'000, '\0'), std::string("SQLite format 3\0", 16)}) {
      EXPECT_THAT(Import(*database, other),
                  StatusIs(absl::StatusCode::kInvalidArgument));
    }
  });
}

TEST_P(DamagedTransfers, EndWithTheErrorOfTheSource) {
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    EXPECT_THAT(ImportStore(
                    database->Url(),
                    [](absl::Span<char>) -> absl::StatusOr<std::size_t> {
                      return absl::CancelledError("stop");
                    },
                    Always()),
                StatusIs(absl::StatusCode::kCancelled));
  });
}

INSTANTIATE_TEST_SUITE_P(Backends, DamagedTransfers,
                         ::testing::ValuesIn(AllBackends()), BackendName);

}  // namespace
}  // namespace webhooks::testing

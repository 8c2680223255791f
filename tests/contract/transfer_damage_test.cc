#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/io/coded_stream.h"
#include "gtest/gtest.h"
#include "storage/open.h"
#include "storage/sql/transfer/stream_writer.h"
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

  // Returns the stream with its first row twice.
  static std::string Repeated(const std::string& stream) {
    const auto record = [&](std::size_t begin) {
      google::protobuf::io::CodedInputStream length(
          reinterpret_cast<const std::uint8_t*>(stream.data() + begin),
          static_cast<int>(stream.size() - begin));
      std::uint32_t size = 0;
      EXPECT_TRUE(length.ReadVarint32(&size));
      return size + static_cast<std::size_t>(length.CurrentPosition());
    };
    const std::size_t begin =
        sql::kStreamLine.size() + record(sql::kStreamLine.size());
    const std::size_t end = begin + record(begin);
    return stream.substr(0, end) + stream.substr(begin);
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
    // Whatever the database thinks of the value.
    for (std::size_t place = sql::kStreamLine.size() + 1'000;
         place < stream.size(); place += 37) {
      std::string changed = stream;
      changed[place] = static_cast<char>(changed[place] ^ 0x80);
      EXPECT_THAT(Import(*database, changed),
                  StatusIs(absl::StatusCode::kDataLoss))
          << "at byte " << place;
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

// The database has a record with the key then.
TEST_P(DamagedTransfers, AreRefusedIfARecordIsRepeated) {
  const std::string stream = MakeStream();
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    EXPECT_THAT(Import(*database, Repeated(stream)),
                StatusIs(absl::StatusCode::kDataLoss));
    ExpectUnchanged(std::move(database), stream);
  });
}

TEST_P(DamagedTransfers, OfOtherKeysAreDamagedAllTheSame) {
  std::string stream = MakeStream();
  stream[stream.size() - 100] ^= 1;
  ForEachBackend([&](std::unique_ptr<TestDatabase> database) {
    EXPECT_THAT(Import(*database, stream, {TestKey(2)}),
                StatusIs(absl::StatusCode::kDataLoss));
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

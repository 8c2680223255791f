#include "tests/support/postgres_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <postgresql/libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace webhooks::testing {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";

// PostgreSQL refuses to run as root.
constexpr char kUser[] = "postgres";

[[noreturn]] void Die(const std::string& message) {
  std::cerr << "PostgreSQL for tests: " << message << std::endl;
  std::abort();
}

// Starts a program of PostgreSQL that ends with this process.
pid_t Start(const std::string& program, const std::vector<std::string>& words,
            const std::string& log) {
  const std::string path = absl::StrCat(kPrograms, program);
  std::vector<char*> arguments = {const_cast<char*>(path.c_str())};
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const passwd* const user = getuid() == 0 ? getpwnam(kUser) : nullptr;
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (user != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 ||
       setuid(user->pw_uid) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent) _exit(125);
  execv(path.c_str(), arguments.data());
  _exit(127);
}

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

Connection Connect(const std::string& url) {
  return {PQconnectdb(url.c_str()), &PQfinish};
}

}  // namespace

bool PostgresCluster::IsInstalled() {
  return access(absl::StrCat(kPrograms, "postgres").c_str(), X_OK) == 0;
}

PostgresCluster& PostgresCluster::Shared() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster(const std::vector<std::string>& settings) {
  const std::string data = folder_.Path("data");
  const std::string log = folder_.Path("log");
  const std::filesystem::path folder =
      std::filesystem::path(data).parent_path();
  if (const passwd* const user = getuid() == 0 ? getpwnam(kUser) : nullptr) {
    if (chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0) {
      Die("chown failed");
    }
  }
  const pid_t initdb =
      Start("initdb",
            {"--pgdata", data, "--username", kUser, "--auth", "trust",
             "--encoding", "UTF8", "--locale", "C", "--no-sync"},
            log);
  int status = 0;
  if (waitpid(initdb, &status, 0) != initdb || status != 0) {
    Die(absl::StrCat("initdb failed: ", ReadFile(log)));
  }
  std::vector<std::string> words = {
      "-D", data, "-k", folder.string(), "-c", "listen_addresses=",
      // The tests of durability kill processes, never the machine.
      "-c", "fsync=off", "-c", "max_connections=300", "-c",
      "autovacuum_naptime=1h", "-c", "shared_buffers=32MB"};
  words.insert(words.end(), settings.begin(), settings.end());
  server_ = Start("postgres", words, log);
  const std::string url = UrlOf("postgres");
  while (PQping(url.c_str()) != PQPING_OK) {
    if (waitpid(server_, &status, WNOHANG) == server_) {
      Die(absl::StrCat("it does not start: ", ReadFile(log)));
    }
    absl::SleepFor(absl::Milliseconds(20));
  }
}

PostgresCluster::~PostgresCluster() {
  kill(server_, SIGQUIT);
  waitpid(server_, nullptr, 0);
}

std::string PostgresCluster::UrlOf(const std::string& database) const {
  const std::string folder =
      std::filesystem::path(folder_.Path("data")).parent_path();
  return absl::StrCat("postgres://", kUser, "@/", database, "?host=", folder);
}

std::string PostgresCluster::CreateDatabase() {
  const std::string name = absl::StrCat("test_", ++databases_);
  Run(UrlOf("postgres"),
      absl::StrCat("CREATE DATABASE ", name, " TEMPLATE template0"));
  return UrlOf(name);
}

std::string PostgresCluster::Run(const std::string& url,
                                 const std::string& statement) {
  const Connection connection = Connect(url);
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(
      PQexec(connection.get(), statement.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    Die(PQerrorMessage(connection.get()));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace webhooks::testing

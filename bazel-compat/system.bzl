"""The system's libraries as Bazel targets, asked from pkg-config."""

# The pkg-config name of CMake's target where the two differ by more than the
# "absl::x" to absl_x rule; the empty string needs no library.
_PACKAGES = {
    "Boost::headers": "",
    "CURL::libcurl": "libcurl",
    "GTest::gmock": "gmock",
    "GTest::gmock_main": "gmock_main",
    "IDN2::idn2": "libidn2",
    "OpenSSL::Crypto": "libcrypto",
    "OpenSSL::SSL": "libssl",
    "PostgreSQL::PostgreSQL": "libpq",
    "SQLite::SQLite3": "sqlite3",
    "gRPC::grpc++": "grpc++",
    "prometheus-cpp::core": "prometheus-cpp-core",
    "protobuf::libprotobuf": "protobuf",
}

# Libraries that ship no pkg-config file.
_LINKOPTS = {
    "Boost::json": ["-lboost_json"],
    "Boost::url": ["-lboost_url"],
    "SQLiteCpp": ["-lSQLiteCpp", "-lsqlite3"],
    "Threads::Threads": ["-pthread"],
}

def is_system(dep):
    """Whether a CMake dependency is a library of the system."""
    return "::" in dep or dep in _LINKOPTS

def label(dep):
    """The name of `dep` in @webhooks_system."""
    return dep.replace("::", "_").replace("+", "p")

def _flags(repository_ctx, dep):
    if dep in _LINKOPTS:
        return _LINKOPTS[dep]
    package = _PACKAGES.get(dep, dep.replace("::", "_"))
    if not package:
        return []
    result = repository_ctx.execute(
        ["pkg-config", "--cflags", "--libs", package],
    )
    if result.return_code:
        fail("pkg-config does not know %s (%s): %s" %
             (package, dep, result.stderr))
    return result.stdout.replace("\n", " ").split(" ")

def _system_libraries(repository_ctx):
    build = ['package(default_visibility = ["//visibility:public"])']
    for dep in depset(repository_ctx.attr.targets).to_list():
        if not is_system(dep):
            continue
        flags = _flags(repository_ctx, dep)
        defines = [flag[2:] for flag in flags if flag.startswith("-D")]
        linkopts = [
            flag
            for flag in flags
            if flag.startswith("-l") or flag.startswith("-Wl,") or
               flag == "-pthread"
        ]
        build.append("cc_library(name = %r, defines = %r, linkopts = %r)" %
                     (label(dep), defines, linkopts))
    repository_ctx.file("BUILD", "\n".join(build) + "\n")

# A repository with one cc_library for each library of the system that is among
# `targets`, names of CMake targets.
system_libraries = repository_rule(
    implementation = _system_libraries,
    attrs = {"targets": attr.string_list(mandatory = True)},
    local = True,
)

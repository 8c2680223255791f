"""The repositories that the project's targets need, all of them on this machine."""

load("//:sources.bzl", "TARGETS")
load("//:system.bzl", "system_libraries")

def webhooks_repositories(path):
    """Declares @webhooks and all that it is built from.

    Args:
      path: the project's folder, absolute or relative to the main workspace.
    """
    native.new_local_repository(
        name = "webhooks",
        path = path,
        build_file = "@webhooks_bazel//:webhooks.BUILD",
    )
    system_libraries(
        name = "webhooks_system",
        targets = [dep for target in TARGETS for dep in target.deps],
    )
    _if_absent(
        native.local_repository,
        name = "rules_java",
        path = "/usr/share/bazel/rules/java",
    )
    _if_absent(
        native.local_repository,
        name = "rules_cc",
        path = path + "/bazel-compat/rules_cc",
    )
    _if_absent(
        native.local_repository,
        name = "remote_coverage_tools",
        path = path + "/bazel-compat/coverage_tools",
    )

def _if_absent(rule, name, **kwargs):
    if name not in native.existing_rules():
        rule(name = name, **kwargs)

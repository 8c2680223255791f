"""Turns what CMake builds (sources.bzl) into Bazel targets."""

load("//:sources.bzl", "TARGETS")
load("//:system.bzl", "is_system", "label")

_COPTS = ["-std=c++20", "-Wall", "-Wextra"]

# Where the protos that the project imports are installed.
_PROTO_PATHS = [
    "/usr/share/gocode/src/github.com/gogo/googleapis",
    "/usr/share/grpc-proto",
]

def webhooks_targets():
    """Declares every library, binary and test of TARGETS."""
    for target in TARGETS:
        if target.kind == "proto":
            _proto_library(target)
        elif target.kind == "library":
            native.cc_library(
                hdrs = target.hdrs,
                includes = ["."],
                **_common(target)
            )
        elif target.kind == "binary":
            native.cc_binary(**_common(target))
        else:
            native.cc_test(
                size = "medium",
                **_common(target)
            )

def _common(target):
    sources = target.srcs
    if target.kind != "library":
        sources = sources + target.hdrs
    return {
        "name": target.name,
        "srcs": sources,
        "copts": _COPTS,
        "linkstatic": True,
        "local_defines": target.defines,
        "deps": _labels(target.deps),
    }

def _labels(deps):
    return [
        "@webhooks_system//:" + label(dep) if is_system(dep) else ":" + dep
        for dep in deps
    ]

def _proto_library(target):
    """C++ of all protos of a target; stubs where a file declares a service."""
    srcs = []
    hdrs = []
    for proto in target.srcs:
        outs = _generate(target.root, proto)
        srcs += [out for out in outs if out.endswith(".cc")]
        hdrs += [out for out in outs if out.endswith(".h")]

    # The descriptors must be found at run time though no code names them.
    native.cc_library(
        name = target.name,
        srcs = srcs,
        hdrs = hdrs,
        alwayslink = True,
        copts = ["-std=c++20"],
        includes = ["."],
        linkstatic = True,
        deps = _labels(target.deps),
    )

def _generate(root, proto):
    """Declares the C++ of one proto and returns its files."""
    stem = proto[:-len(".proto")]
    kinds = ["pb"]
    plugin = ""
    for service in ["_service", "health", "reflection"]:
        if stem.endswith(service):
            kinds = ["pb", "grpc.pb"]
            plugin = "--grpc_out=$(RULEDIR) " + \
                     "--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin "
    outs = [
        "%s.%s.%s" % (stem, kind, extension)
        for kind in kinds
        for extension in ["cc", "h"]
    ]
    roots, protos = _own_protos() if root else ([], [])
    includes = ["external/webhooks/" + path for path in roots] + _PROTO_PATHS
    native.genrule(
        name = stem.replace("/", "_") + "_cc",
        srcs = protos,
        outs = outs,
        cmd = "/usr/bin/protoc %s --cpp_out=$(RULEDIR) %s %s" %
              (" ".join(["-I" + path for path in includes]), plugin, proto),
    )
    return outs

def _own_protos():
    """The roots and the files of the project's protos, which may import each other."""
    targets = [t for t in TARGETS if t.kind == "proto" and t.root]
    return (
        depset([t.root for t in targets]).to_list(),
        [
            proto if t.root == "." else t.root + "/" + proto
            for t in targets
            for proto in t.srcs
        ],
    )

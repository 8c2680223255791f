# Writes what CMake builds as Starlark, so that Bazel builds the same. Nothing is
# listed twice: the targets themselves are asked for their files and needs.

# Sets `result` to `field = ["item", ...],` for the `items` in ARGN.
function(webhooks_starlark_field result field)
  string(REPLACE "\"" "\\\\\\\"" items "${ARGN}")
  set(lines "")
  foreach(item IN LISTS items)
    string(APPEND lines "            \"${item}\",\n")
  endforeach()
  if(lines)
    set(lines "\n${lines}        ")
  endif()
  set(${result} "        ${field} = [${lines}],\n" PARENT_SCOPE)
endfunction()

# Sets `result` to the property of a target, empty where it has none.
function(webhooks_property result name property)
  get_target_property(value ${name} ${property})
  if(NOT value)
    set(value "")
  endif()
  set(${result} "${value}" PARENT_SCOPE)
endfunction()

# Sets `result` to the files of a target, relative to the project's root.
function(webhooks_source_files result name)
  webhooks_property(files ${name} SOURCES)
  webhooks_property(folder ${name} SOURCE_DIR)
  set(paths "")
  foreach(file IN LISTS files)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${folder}" NORMALIZE)
    file(RELATIVE_PATH file "${PROJECT_SOURCE_DIR}" "${file}")
    list(APPEND paths "${file}")
  endforeach()
  set(${result} "${paths}" PARENT_SCOPE)
endfunction()

# Sets `result` to what a target links, with this tree's aliases resolved.
function(webhooks_deps result name)
  webhooks_property(deps ${name} LINK_LIBRARIES)
  set(names "")
  foreach(dep IN LISTS deps)
    if(TARGET ${dep})
      webhooks_property(aliased ${dep} ALIASED_TARGET)
      webhooks_property(is_imported ${dep} IMPORTED)
      if(aliased AND NOT is_imported)
        set(dep ${aliased})
      endif()
    endif()
    list(APPEND names ${dep})
  endforeach()
  set(${result} "${names}" PARENT_SCOPE)
endfunction()

# Sets `result` to the struct of a target of `kind` with the given lists; `root`
# is where the imports of protos start.
function(webhooks_starlark_struct result name kind root)
  cmake_parse_arguments(ARG "" "" "SRCS;HDRS;DEPS;DEFINES" ${ARGN})
  set(fields "")
  foreach(field srcs hdrs deps defines)
    string(TOUPPER ${field} list)
    webhooks_starlark_field(line ${field} ${ARG_${list}})
    string(APPEND fields "${line}")
  endforeach()
  set(${result} "    struct(
        name = \"${name}\",
        kind = \"${kind}\",
        root = \"${root}\",
${fields}    ),\n" PARENT_SCOPE)
endfunction()

# Sets `result` to the struct of a library, binary or test.
function(webhooks_starlark_code result name)
  webhooks_property(type ${name} TYPE)
  webhooks_source_files(files ${name})
  webhooks_deps(deps ${name})
  webhooks_property(generated ${name} MANUALLY_ADDED_DEPENDENCIES)
  # Bazel compiles each file alone, without precompiled headers.
  list(REMOVE_ITEM generated webhooks_headers webhooks_test_headers)
  webhooks_property(defines ${name} COMPILE_DEFINITIONS)
  if("GTest::gmock_main" IN_LIST deps)
    set(kind test)
  elseif(type STREQUAL EXECUTABLE)
    set(kind binary)
  else()
    set(kind library)
  endif()
  set(srcs ${files})
  set(hdrs ${files})
  list(FILTER srcs INCLUDE REGEX "\\.cc$")
  list(FILTER hdrs INCLUDE REGEX "\\.h$")
  webhooks_starlark_struct(struct ${name} ${kind} "" SRCS ${srcs} HDRS ${hdrs}
                           DEPS ${deps} ${generated} DEFINES ${defines})
  set(${result} "${struct}" PARENT_SCOPE)
endfunction()

# Sets `result` to the struct of a library of protos. The root of protos that
# are not of this tree is empty.
function(webhooks_starlark_proto result name)
  webhooks_property(root ${name} WEBHOOKS_PROTO_ROOT)
  webhooks_property(protos ${name} WEBHOOKS_PROTOS)
  webhooks_deps(deps ${name}_objects)
  file(RELATIVE_PATH root "${PROJECT_SOURCE_DIR}" "${root}")
  if(root MATCHES "^\\.\\.")
    set(root "")
  elseif(root STREQUAL "")
    set(root ".")
  endif()
  webhooks_starlark_struct(struct ${name} proto "${root}" SRCS ${protos}
                           DEPS ${deps})
  set(${result} "${struct}" PARENT_SCOPE)
endfunction()

# Sets `result` to the structs of the targets of `folder` and below.
function(webhooks_starlark_folder result folder)
  get_property(targets DIRECTORY "${folder}" PROPERTY BUILDSYSTEM_TARGETS)
  get_property(subfolders DIRECTORY "${folder}" PROPERTY SUBDIRECTORIES)
  list(FILTER subfolders EXCLUDE REGEX "/tests/(bench|e2e)$")
  set(structs "")
  foreach(name IN LISTS targets)
    webhooks_property(type ${name} TYPE)
    webhooks_property(protos ${name} WEBHOOKS_PROTOS)
    set(struct "")
    if(protos)
      webhooks_starlark_proto(struct ${name})
    elseif(type MATCHES "^(STATIC_LIBRARY|EXECUTABLE)$" AND
           NOT name MATCHES "_objects$")
      webhooks_starlark_code(struct ${name})
    endif()
    string(APPEND structs "${struct}")
  endforeach()
  foreach(subfolder IN LISTS subfolders)
    webhooks_starlark_folder(below "${subfolder}")
    string(APPEND structs "${below}")
  endforeach()
  set(${result} "${structs}" PARENT_SCOPE)
endfunction()

# Writes sources.bzl to the build folder; `./dev format` copies it beside this
# file and a test compares the two.
function(webhooks_write_sources)
  webhooks_starlark_folder(structs "${PROJECT_SOURCE_DIR}")
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/sources.bzl" @ONLY CONTENT
       "\"\"\"What CMake builds. Written by sources.cmake: ./dev format.\"\"\"

TARGETS = [
@structs@]
")
  if(WEBHOOKS_TESTS)
    add_test(NAME bazel_sources_are_current
             COMMAND "${CMAKE_COMMAND}" -E compare_files
                     "${PROJECT_BINARY_DIR}/sources.bzl"
                     "${PROJECT_SOURCE_DIR}/bazel-compat/sources.bzl")
  endif()
endfunction()

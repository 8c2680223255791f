# Writes the source lists of every library as Starlark, so that Bazel builds
# from the same lists as CMake.

# Remembers the files of a library, relative to the project's root.
function(webhooks_record_sources name sources headers)
  file(RELATIVE_PATH folder "${PROJECT_SOURCE_DIR}"
       "${CMAKE_CURRENT_SOURCE_DIR}")
  foreach(kind sources headers)
    set(paths "")
    foreach(file IN LISTS ${kind})
      string(APPEND paths "    \"${folder}/${file}\",\n")
    endforeach()
    string(TOUPPER "${name}_${kind}" variable)
    set_property(GLOBAL APPEND_STRING PROPERTY WEBHOOKS_SOURCES
                 "\n${variable} = [\n${paths}]\n")
  endforeach()
endfunction()

# Writes the lists to sources.bzl in the build folder; `./dev format` copies
# them beside this file and a test compares the two.
function(webhooks_write_sources)
  get_property(lists GLOBAL PROPERTY WEBHOOKS_SOURCES)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/sources.bzl" @ONLY CONTENT
       "\"\"\"The source files of each library. Written by CMake: see sources.cmake.\"\"\"
@lists@")
endfunction()

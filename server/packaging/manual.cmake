find_package(Python3 COMPONENTS Interpreter)

# webhooks_manuals(PROGRAM.SECTION...): makes and installs a man page and bash
# completion for each program, from what it says itself; for webhookctl
# completion for zsh and fish too.
function(webhooks_manuals)
  if(NOT Python3_FOUND OR WEBHOOKS_SANITIZE)
    message(STATUS "No man pages and completion are made")
    return()
  endif()
  set(script "${PROJECT_SOURCE_DIR}/server/packaging/manual.py")
  set(man "${PROJECT_BINARY_DIR}/share/man")
  set(completions "${PROJECT_BINARY_DIR}/share/bash-completion/completions")
  file(MAKE_DIRECTORY "${completions}")
  set(made "")
  foreach(page IN LISTS ARGN)
    string(REGEX MATCH "^(.*)\\.([0-9])$" matched ${page})
    set(program ${CMAKE_MATCH_1})
    set(section ${CMAKE_MATCH_2})
    set(others ${ARGN})
    list(REMOVE_ITEM others ${page})
    set(completion "${Python3_EXECUTABLE}" -B "${script}" completion
                   $<TARGET_FILE:${program}>)
    if(program STREQUAL "webhookctl")
      set(completion $<TARGET_FILE:${program}> completion bash)
    endif()
    file(MAKE_DIRECTORY "${man}/man${section}")
    add_custom_command(
      OUTPUT "${man}/man${section}/${page}.gz" "${completions}/${program}"
      BYPRODUCTS "${man}/man${section}/${page}"
      COMMAND "${Python3_EXECUTABLE}" -B "${script}" man
              $<TARGET_FILE:${program}> ${section} ${others}
              > "${man}/man${section}/${page}"
      COMMAND gzip -9nkf "${man}/man${section}/${page}"
      COMMAND ${completion} > "${completions}/${program}"
      DEPENDS ${program} "${script}"
      COMMENT "Writing the man page and completion of ${program}"
      VERBATIM)
    list(APPEND made "${man}/man${section}/${page}.gz")
  endforeach()
  set(zsh "${PROJECT_BINARY_DIR}/share/zsh/vendor-completions")
  set(fish "${PROJECT_BINARY_DIR}/share/fish/vendor_completions.d")
  file(MAKE_DIRECTORY "${zsh}" "${fish}")
  add_custom_command(
    OUTPUT "${zsh}/_webhookctl" "${fish}/webhookctl.fish"
    COMMAND webhookctl completion zsh > "${zsh}/_webhookctl"
    COMMAND webhookctl completion fish > "${fish}/webhookctl.fish"
    DEPENDS webhookctl
    COMMENT "Writing the completion of webhookctl for zsh and fish"
    VERBATIM)
  add_custom_target(manuals ALL DEPENDS ${made} "${zsh}/_webhookctl"
                                        "${fish}/webhookctl.fish")
  install(DIRECTORY "${man}" DESTINATION ${CMAKE_INSTALL_DATADIR}
          COMPONENT programs FILES_MATCHING PATTERN "*.gz")
  install(DIRECTORY "${PROJECT_BINARY_DIR}/share/bash-completion"
                    "${PROJECT_BINARY_DIR}/share/zsh"
                    "${PROJECT_BINARY_DIR}/share/fish"
          DESTINATION ${CMAKE_INSTALL_DATADIR} COMPONENT programs)
endfunction()

# Debian packages, by cpack: `webhooks`, what runs, and `webhooks-dev`, what
# other programs are built against.

# webhooks_install_service(UNIT FLAGS): a unit of systemd, and the flags that it
# starts its program with. Outside of the prefix, so in the package alone.
function(webhooks_install_service unit flags)
  install(FILES "${PROJECT_SOURCE_DIR}/${unit}" DESTINATION /lib/systemd/system
          COMPONENT service EXCLUDE_FROM_ALL)
  install(FILES "${PROJECT_SOURCE_DIR}/${flags}" DESTINATION /etc/webhooks
          COMPONENT service EXCLUDE_FROM_ALL)
endfunction()

webhooks_install_service(server/packaging/webhook-server.service
                         server/packaging/server.flags)
webhooks_install_service(gateway/packaging/webhook-gateway.service
                         gateway/packaging/gateway.flags)
install(FILES server/observability/alerts.yml
              server/observability/dashboard.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/webhooks/observability
        COMPONENT programs)
# Where they stand in the tree, so that their links lead on.
file(GLOB_RECURSE pages CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}"
     server/*.md gateway/*.md proto/*.md storage/*.md tests/*.md
     bazel-compat/*.md)
foreach(page IN LISTS pages)
  cmake_path(GET page PARENT_PATH folder)
  install(FILES ${page} DESTINATION share/doc/webhooks/${folder}
          COMPONENT service EXCLUDE_FROM_ALL)
endforeach()
install(FILES gateway/console/console.png
        DESTINATION share/doc/webhooks/gateway/console
        COMPONENT service EXCLUDE_FROM_ALL)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE
        DESTINATION share/doc/webhooks
        COMPONENT service EXCLUDE_FROM_ALL)
# Debian wants it compressed, and the same bytes each time.
set(changelog "${PROJECT_BINARY_DIR}/changelog.gz")
add_custom_command(
  OUTPUT "${changelog}"
  COMMAND gzip -9nc "${PROJECT_SOURCE_DIR}/server/packaging/debian/changelog"
          > "${changelog}"
  DEPENDS server/packaging/debian/changelog
  VERBATIM)
add_custom_target(changelog ALL DEPENDS "${changelog}")
install(FILES "${changelog}" DESTINATION share/doc/webhooks
        COMPONENT service EXCLUDE_FROM_ALL)
install(FILES "${changelog}" DESTINATION share/doc/webhooks-dev
        COMPONENT development EXCLUDE_FROM_ALL)
install(FILES server/packaging/copyright DESTINATION share/doc/webhooks
        COMPONENT service EXCLUDE_FROM_ALL)
install(FILES server/packaging/copyright DESTINATION share/doc/webhooks-dev
        COMPONENT development EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(WEBHOOKS_MAINTAINER "The authors of webhooks <webhooks@example.org>"
    CACHE STRING "The maintainer of the Debian packages")
set(CPACK_PACKAGE_CONTACT "${WEBHOOKS_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY
    "webhook service: gRPC, a REST gateway, durable storage")
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_COMPONENTS_ALL programs service development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)

set(CPACK_DEBIAN_WEBHOOKS_PACKAGE_NAME webhooks)
set(CPACK_DEBIAN_WEBHOOKS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_WEBHOOKS_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_WEBHOOKS_DESCRIPTION
    "Customers register endpoints, internal services publish events, and each event
is delivered, signed, to every endpoint that listens. The gRPC server, the REST
gateway, webhookctl, and a systemd unit for each process.")
file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/conffiles" CONTENT
     "/etc/webhooks/gateway.flags\n/etc/webhooks/server.flags\n")
set(CPACK_DEBIAN_WEBHOOKS_PACKAGE_CONTROL_EXTRA
    "${PROJECT_BINARY_DIR}/conffiles"
    "${PROJECT_SOURCE_DIR}/server/packaging/debian/postinst"
    "${PROJECT_SOURCE_DIR}/server/packaging/debian/prerm"
    "${PROJECT_SOURCE_DIR}/server/packaging/debian/postrm")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME webhooks-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libgrpc++-dev, libprotobuf-dev, protobuf-compiler-grpc")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION
    "What programs are built against: messages, stubs and protos. With
find_package(webhooks) CMake has them as webhooks::proto.")

include(CPack)
cpack_add_component_group(webhooks)
cpack_add_component(programs GROUP webhooks)
cpack_add_component(service GROUP webhooks)

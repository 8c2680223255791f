# cmake -DMIGRATIONS="a.sql;b.sql" -DOUTPUT=migrations.inc -P embed_migrations.cmake
# Writes {NNN, "name", R"sql(...)sql"}, for each NNN_name.sql, in their order.
set(content "")
foreach(file IN LISTS MIGRATIONS)
  cmake_path(GET file STEM stem)
  if(NOT stem MATCHES "^0*([1-9][0-9]*)_(.+)$")
    message(FATAL_ERROR "${file} is not called NNN_name.sql")
  endif()
  set(number "${CMAKE_MATCH_1}")
  set(name "${CMAKE_MATCH_2}")
  file(READ "${file}" sql)
  string(APPEND content "{${number}, \"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "${content}")

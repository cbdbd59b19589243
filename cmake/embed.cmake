# Writes OUTPUT, C++ that defines std::string_view constants of a namespace from files:
#   cmake -DOUTPUT=... -DHEADER=... -DNAMESPACE=... "-DCONSTANTS=kName|FILE;kOther|FILE" -P embed.cmake
# A file that is named "none" gives an empty constant.
set(text "// Made by cmake/embed.cmake.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\n")
foreach(constant IN LISTS CONSTANTS)
  string(REGEX MATCH "^(.*)\\|(.*)$" matched "${constant}")
  set(name ${CMAKE_MATCH_1})
  set(content "")
  if(NOT CMAKE_MATCH_2 STREQUAL "none")
    file(READ "${CMAKE_MATCH_2}" content)
  endif()
  string(FIND "${content}" ")embedded\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${CMAKE_MATCH_2}: holds the delimiter of a raw string, )embedded\"")
  endif()
  string(APPEND text "const std::string_view ${name} = R\"embedded(${content})embedded\";\n\n")
endforeach()
file(WRITE "${OUTPUT}" "${text}}  // namespace ${NAMESPACE}\n")

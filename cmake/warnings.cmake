# Warnings of the project's own code; an interface target, so that nothing of it is installed.
add_library(logigrad_warnings INTERFACE)
target_compile_options(logigrad_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  # GCC 12 sees overlapping copies in std::string + char (its bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # The rows of a table end with a comma in an X-macro list whose last entry may be empty.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-zero-variadic-macro-arguments>
  # LLVM 14 does not vectorise a sum by fma, the margin of `autovec`: that is a result, not an error.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)
option(LOGIGRAD_WERROR "Treat warnings as errors" OFF)
if(LOGIGRAD_WERROR)
  target_compile_options(logigrad_warnings INTERFACE -Werror)
endif()

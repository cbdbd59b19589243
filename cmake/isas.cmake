# THE ISA TABLE: one line an instruction set, weakest first; everything about ISAs is derived from it.
#
#   name | xsimd arch | compile flags, comma separated | CPU features asked at run time, comma separated
#
# `generic` is the scalar baseline: it holds the bodies that must not be vectorised, so its flags
# turn the vectoriser off. avx512 needs cd, dq and bw beside f because xsimd 8.1's avx512f does not
# compile with -mavx512f alone. Features are names that __builtin_cpu_supports() knows; it asks the
# operating system too (xgetbv), which xsimd 8.1's own detection does not.
set(LOGIGRAD_ISAS_x86_64
    "generic  | xsimd::generic           | NOVEC                                          |"
    "sse2     | xsimd::sse2              | -msse2                                         | sse2"
    "sse4_2   | xsimd::sse4_2            | -msse4.2                                       | sse4.2"
    "avx2_fma | xsimd::fma3<xsimd::avx2> | -mavx2,-mfma                                   | avx2,fma"
    "avx512   | xsimd::avx512bw          | -mavx512f,-mavx512cd,-mavx512dq,-mavx512bw,-mfma,-mprefer-vector-width=512 | avx512f,avx512cd,avx512dq,avx512bw,fma")
set(LOGIGRAD_ISAS_aarch64
    "generic  | xsimd::generic           | NOVEC                                          |"
    "neon64   | xsimd::neon64            |                                                |")

set(LOGIGRAD_NOVEC_GNU -fno-tree-vectorize -fno-tree-slp-vectorize)
set(LOGIGRAD_NOVEC_Clang -fno-vectorize -fno-slp-vectorize)

# logigrad_parse_isa(<line> <prefix>): sets <prefix>_NAME, _ARCH, _FLAGS (a list) and _FEATURES (a list).
function(logigrad_parse_isa line prefix)
  string(REPLACE "|" ";" fields "${line}")
  list(LENGTH fields count)
  if(NOT count EQUAL 4)
    message(FATAL_ERROR "cmake/isas.cmake: '${line}' has ${count} fields, expected 4: name | arch | flags | features")
  endif()
  foreach(field NAME ARCH FLAGS FEATURES)
    list(POP_FRONT fields value)
    string(STRIP "${value}" value)
    string(REPLACE "," ";" value "${value}")
    if(field STREQUAL "FLAGS" AND value STREQUAL "NOVEC")
      set(value ${LOGIGRAD_NOVEC_${CMAKE_CXX_COMPILER_ID}})
    endif()
    set(${prefix}_${field} "${value}" PARENT_SCOPE)
  endforeach()
endfunction()

# logigrad_cpu_has(<features> <result>): whether this machine's CPU and operating system have them all.
include(CheckCXXSourceRuns)
function(logigrad_cpu_has features result)
  set(conditions "true")
  foreach(feature IN LISTS features)
    string(APPEND conditions " && __builtin_cpu_supports(\"${feature}\")")
  endforeach()
  string(MAKE_C_IDENTIFIER "LOGIGRAD_CPU_HAS_${features}" variable)
  check_cxx_source_runs("int main() { return ${conditions} ? 0 : 1; }" ${variable})
  set(${result} ${${variable}} PARENT_SCOPE)
endfunction()

# logigrad_add_isa_objects(<target> <source> [OPTIONS <option>...] [LIBRARIES <library>...]):
# compiles the source once for each ISA of LOGIGRAD_BUILT_ISA_LINES, with its flags, into the target.
# It sees LOGIGRAD_ISA (sse2), LOGIGRAD_ARCH (xsimd::sse2), and LOGIGRAD_SCALAR for `generic`.
function(logigrad_add_isa_objects target source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "OPTIONS;LIBRARIES")
  cmake_path(GET source STEM stem)
  foreach(line IN LISTS LOGIGRAD_BUILT_ISA_LINES)
    logigrad_parse_isa("${line}" isa)
    set(object ${target}_${stem}_${isa_NAME})
    add_library(${object} OBJECT ${source})
    set_target_properties(${object} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_compile_features(${object} PRIVATE cxx_std_20)
    target_compile_options(${object} PRIVATE ${isa_FLAGS} ${LOGIGRAD_ISA_OPTIMISATION}
      -fno-exceptions -fno-rtti -fno-math-errno ${arg_OPTIONS})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # GCC 12's AVX-512 headers pass deliberately undefined vectors about.
      target_compile_options(${object} PRIVATE -Wno-maybe-uninitialized -Wno-uninitialized)
    endif()
    target_compile_definitions(${object} PRIVATE LOGIGRAD_ISA=${isa_NAME}
                                                 "LOGIGRAD_ARCH=${isa_ARCH}")
    if(isa_NAME STREQUAL "generic")
      target_compile_definitions(${object} PRIVATE LOGIGRAD_SCALAR)
    endif()
    target_include_directories(${object} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
    target_link_libraries(${object} PRIVATE logigrad_warnings ${arg_LIBRARIES})
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${object}>)
  endforeach()
endfunction()

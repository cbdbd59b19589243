# THE ISA TABLE: one line an instruction set, weakest first; everything about ISAs is derived from it.
#
#   name | xsimd arch | compile flags, comma separated | CPU features asked at run time, comma separated
#
# `generic` is the scalar baseline: it holds the bodies that must not be vectorised, so its flags
# turn the vectoriser off. avx512 needs cd, dq and bw beside f because xsimd 8.1's avx512f does not
# compile with -mavx512f alone. Features are names that kernels/cpu_features.hpp knows.
#
# SVE's and RVV's vectors have the length that the CPU and its operating system choose, but xsimd's
# have one that is known at compile time: an ISA a length. They need xsimd 13, and RVV's intrinsics a
# compiler newer than GCC 12: what of LOGIGRAD_TRIED_ISAS does not compile is left out, with the reason.
set(LOGIGRAD_ISAS_x86_64
    "generic  | xsimd::generic           | NOVEC                                          |"
    "sse2     | xsimd::sse2              | -msse2                                         | sse2"
    "sse4_2   | xsimd::sse4_2            | -msse4.2                                       | sse4.2"
    "avx2_fma | xsimd::fma3<xsimd::avx2> | -mavx2,-mfma                                   | avx2,fma"
    "avx512   | xsimd::avx512bw          | -mavx512f,-mavx512cd,-mavx512dq,-mavx512bw,-mfma,-mprefer-vector-width=512 | avx512f,avx512cd,avx512dq,avx512bw,fma")
set(LOGIGRAD_ISAS_aarch64
    "generic  | xsimd::generic           | NOVEC                                          |"
    "neon64   | xsimd::neon64            |                                                |"
    "sve128   | xsimd::detail::sve<128>  | -march=armv8-a+sve,-msve-vector-bits=128       | sve128"
    "sve256   | xsimd::detail::sve<256>  | -march=armv8-a+sve,-msve-vector-bits=256       | sve256"
    "sve512   | xsimd::detail::sve<512>  | -march=armv8-a+sve,-msve-vector-bits=512       | sve512")
set(LOGIGRAD_ISAS_riscv64
    "generic  | xsimd::generic           | NOVEC                                          |"
    "rvv128   | xsimd::detail::rvv<128>  | -march=rv64gcv_zvl128b,-mrvv-vector-bits=zvl   | rvv128"
    "rvv256   | xsimd::detail::rvv<256>  | -march=rv64gcv_zvl256b,-mrvv-vector-bits=zvl   | rvv256")
set(LOGIGRAD_TRIED_ISAS sve128 sve256 sve512 rvv128 rvv256)

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

# logigrad_why_absent(<prefix of logigrad_parse_isa> <result>): why compiler or xsimd cannot build this
# ISA, in the compiler's first words; empty if they can.
function(logigrad_why_absent isa result)
  string(SHA1 key "${CMAKE_CXX_COMPILER} ${${isa}_ARCH} ${${isa}_FLAGS} ${LOGIGRAD_XSIMD_INCLUDE}")
  if(NOT DEFINED LOGIGRAD_WHY_ABSENT_${key})
    try_compile(compiles
      SOURCE_FROM_CONTENT try_isa.cpp "#include <xsimd/xsimd.hpp>
        static_assert(${${isa}_ARCH}::supported());
        using B = xsimd::batch<float, ${${isa}_ARCH}>;
        void twice(float* at) { (B::load_unaligned(at) + B::load_unaligned(at)).store_unaligned(at); }
        int main() {}"
      COMPILE_DEFINITIONS ${${isa}_FLAGS} -isystem ${LOGIGRAD_XSIMD_INCLUDE}
      OUTPUT_VARIABLE output)
    set(why "")
    if(NOT compiles)
      string(REGEX MATCH "error: [^\n]*" why "${output}")
      string(REPLACE "error: " "" why "${why}")
      if(NOT why)
        set(why "it does not compile")
      endif()
    endif()
    set(LOGIGRAD_WHY_ABSENT_${key} "${why}" CACHE INTERNAL "Why ${${isa}_NAME} cannot be built")
  endif()
  set(${result} "${LOGIGRAD_WHY_ABSENT_${key}}" PARENT_SCOPE)
endfunction()

# logigrad_cpu_has(<features> <result>): whether this machine's CPU and operating system have them all.
include(CheckCXXSourceRuns)
function(logigrad_cpu_has features result)
  set(lacking "std::string()")
  foreach(feature IN LISTS features)
    string(APPEND lacking " + LOGIGRAD_LACKING(\"${feature}\")")
  endforeach()
  string(MAKE_C_IDENTIFIER "LOGIGRAD_CPU_HAS_${features}" variable)
  set(CMAKE_REQUIRED_INCLUDES ${PROJECT_SOURCE_DIR})
  check_cxx_source_runs("#include \"kernels/cpu_features.hpp\"
                         int main() { return (${lacking}).empty() ? 0 : 1; }" ${variable})
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
      # GCC 12's AVX-512 headers pass deliberately undefined vectors about, and on AArch64 it has a
      # note on the ABI of xsimd 13's pairs, which are inlined.
      target_compile_options(${object} PRIVATE -Wno-maybe-uninitialized -Wno-uninitialized -Wno-psabi)
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

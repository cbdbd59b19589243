# What logigrad needs: from the system, or with -DLOGIGRAD_FETCH=ON from the projects' own
# repositories where the system has none. tools/setup.sh installs the Debian packages.
option(LOGIGRAD_FETCH "Fetch dependencies that the system lacks" OFF)
include(FetchContent)

# logigrad_dependency(<package> <target> <git repository> <tag>): after it, <target> exists.
function(logigrad_dependency package target repository tag)
  find_package(${package} QUIET)
  if(NOT TARGET ${target})
    if(NOT LOGIGRAD_FETCH)
      message(FATAL_ERROR "${package} not found: run tools/setup.sh, or configure with -DLOGIGRAD_FETCH=ON")
    endif()
    string(TOLOWER ${package} name)
    # Without a CMakeLists.txt in SOURCE_SUBDIR it is fetched, but not added: that is done below, so
    # that only what we link is built, none of it is installed and its headers give no warnings.
    FetchContent_Declare(${name} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON
                         SOURCE_SUBDIR added_by_logigrad)
    FetchContent_MakeAvailable(${name})
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_WERROR OFF)
    set(CMAKE_POLICY_VERSION_MINIMUM 3.5)  # CMake 4 refuses projects that ask for less
    add_subdirectory(${${name}_SOURCE_DIR} ${${name}_BINARY_DIR} EXCLUDE_FROM_ALL SYSTEM)
    if(NOT TARGET ${target})
      message(FATAL_ERROR "${package} was fetched from ${repository}, but has no target ${target}")
    endif()
  endif()
endfunction()

if(LOGIGRAD_STATIC_TESTS)
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a)  # FindOpenMP names the file of the library
endif()
find_package(OpenMP REQUIRED COMPONENTS CXX)
set(LOGIGRAD_XSIMD_ROOT "" CACHE PATH "Where an xsimd is whose headers are in include/; empty: the system's")
set(host_xsimd /usr/include/xsimd)
if(LOGIGRAD_XSIMD_ROOT)
  set(LOGIGRAD_XSIMD_INCLUDE ${LOGIGRAD_XSIMD_ROOT}/include)
  if(NOT EXISTS ${LOGIGRAD_XSIMD_INCLUDE}/xsimd/xsimd.hpp)
    message(FATAL_ERROR "LOGIGRAD_XSIMD_ROOT: found no ${LOGIGRAD_XSIMD_INCLUDE}/xsimd/xsimd.hpp; "
                        "tools/setup.sh --with-xsimd13 unpacks one into build/xsimd-13/usr")
  endif()
  add_library(xsimd INTERFACE)
  target_include_directories(xsimd SYSTEM INTERFACE ${LOGIGRAD_XSIMD_INCLUDE})
elseif(CMAKE_CROSSCOMPILING AND EXISTS ${host_xsimd}/xsimd.hpp)
  # Headers only, so the host's will do, but through a link: its /usr/include must not be searched.
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/host-include)
  file(CREATE_LINK ${host_xsimd} ${PROJECT_BINARY_DIR}/host-include/xsimd SYMBOLIC)
  add_library(xsimd INTERFACE)
  set(LOGIGRAD_XSIMD_INCLUDE ${PROJECT_BINARY_DIR}/host-include)
  target_include_directories(xsimd SYSTEM INTERFACE ${LOGIGRAD_XSIMD_INCLUDE})
else()
  logigrad_dependency(xsimd xsimd https://github.com/xtensor-stack/xsimd.git 8.1.0)
  if(xsimd_SOURCE_DIR)
    set(LOGIGRAD_XSIMD_INCLUDE ${xsimd_SOURCE_DIR}/include)
  else()
    get_target_property(LOGIGRAD_XSIMD_INCLUDE xsimd INTERFACE_INCLUDE_DIRECTORIES)
  endif()
endif()

if(LOGIGRAD_BUILD_TOOLS)
  logigrad_dependency(benchmark benchmark::benchmark https://github.com/google/benchmark.git v1.7.1)
  logigrad_dependency(fmt fmt::fmt https://github.com/fmtlib/fmt.git 9.1.0)
  logigrad_dependency(CLI11 CLI11::CLI11 https://github.com/CLIUtils/CLI11.git v2.1.2)
  logigrad_dependency(nlohmann_json nlohmann_json::nlohmann_json https://github.com/nlohmann/json.git v3.11.2)
  # Of Boost only headers: the distributions of Boost.Math.
  find_package(Boost 1.74 QUIET)
  if(NOT TARGET Boost::headers)
    message(FATAL_ERROR "Boost >= 1.74 not found: run tools/setup.sh, or install its headers (libboost-dev)")
  endif()
  # In double: valgrind computes long double in 64 bits, in which Boost.Math overflows before main().
  target_compile_definitions(Boost::headers INTERFACE BOOST_MATH_PROMOTE_DOUBLE_POLICY=false)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(hwloc REQUIRED IMPORTED_TARGET hwloc)
  pkg_check_modules(libmd REQUIRED IMPORTED_TARGET libmd)
  # Of logigrad report, which says so where it is absent. Chart.js 3; 4 has other file names.
  find_file(LOGIGRAD_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js
            DOC "Chart.js 3 in one minified file, with which the page of logigrad report draws")
endif()
if(LOGIGRAD_BUILD_TESTS)
  set(googletest_source /usr/src/googletest)  # Debian's package googletest
  if(CMAKE_CROSSCOMPILING AND EXISTS ${googletest_source}/CMakeLists.txt)
    set(BUILD_GMOCK OFF)
    set(INSTALL_GTEST OFF)
    add_subdirectory(${googletest_source} googletest EXCLUDE_FROM_ALL SYSTEM)
  else()
    logigrad_dependency(GTest GTest::gtest https://github.com/google/googletest.git release-1.12.1)
  endif()
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND AND NOT CMAKE_CROSSCOMPILING)
    pkg_check_modules(mpfr IMPORTED_TARGET mpfr)  # of math_mpfr_test alone
  endif()
endif()

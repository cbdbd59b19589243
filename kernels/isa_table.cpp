// The kernels of one ISA. This file is compiled once for every line of cmake/isas.cmake, with that
// line's flags, and each object exports one symbol: its table.
//
// CMake defines LOGIGRAD_ISA (sse2), LOGIGRAD_ARCH (xsimd::sse2), and LOGIGRAD_SCALAR for
// `generic`.
#include "kernels/bodies.inc"  // generated: the headers of kernels/dense/
#include "kernels/body.hpp"
#include "kernels/isa_name.hpp"

namespace logigrad {
namespace {

using Arch = LOGIGRAD_ARCH;

// Flattened, so that no inline function of xsimd is left for the linker to keep for everybody.
template <class Body, class T, bool kLoss>
[[gnu::flatten]] void run(const RowRange<T>& range, T* scratch, double* partial) {
  Body::template run<kLoss>(range, scratch, partial);
}

template <class T, template <class, class> class Body>
constexpr BodyEntry<T> entry_of() {
  using Instance = Body<T, Arch>;
  std::size_t most_cols = ~std::size_t{0};
  if constexpr (requires { Instance::kMostCols; }) most_cols = Instance::kMostCols;
  std::size_t (*rows_of_one_flush)(std::size_t) = nullptr;
  if constexpr (requires { Instance::rows_of_one_flush(0); })
    rows_of_one_flush = Instance::rows_of_one_flush;
  return {run<Instance, T, false>, run<Instance, T, true>, Instance::scratch, most_cols,
          rows_of_one_flush};
}

[[maybe_unused]] constexpr bool kDepth_sequential = false;
[[maybe_unused]] constexpr bool kDepth_lanes = true;

#define LOGIGRAD_ROW(name, Body, depth) \
  {#name, LOGIGRAD_JOIN(kDepth_, depth), entry_of<float, Body>(), entry_of<double, Body>()},
#ifdef LOGIGRAD_SCALAR
#define LOGIGRAD_FAMILY_scalar(name, Body, depth) LOGIGRAD_ROW(name, Body, depth)
#define LOGIGRAD_FAMILY_simd(name, Body, depth)
template <class T>
constexpr std::size_t kLanes = 1;
#else
#define LOGIGRAD_FAMILY_scalar(name, Body, depth)
#define LOGIGRAD_FAMILY_simd(name, Body, depth) LOGIGRAD_ROW(name, Body, depth)
static_assert(Arch::supported(), "the compile flags do not enable the xsimd arch of this ISA");
template <class T>
constexpr std::size_t kLanes = xsimd::batch<T, Arch>::size;
#endif

constexpr BodyRow kBodies[] = {
#define LOGIGRAD_BODY(name, Body, family, depth) LOGIGRAD_FAMILY_##family(name, Body, depth)
#include "kernels/variants.inc"
};

// sigmoid(z) = sigmoid(-t) and softplus(z) = softplus(-t) at t = -z.
template <class T, bool kSoftplus>
[[gnu::flatten]] void map(const T* in, T* out, std::size_t count) {
  std::size_t i = 0;
#ifndef LOGIGRAD_SCALAR
  using B = xsimd::batch<T, Arch>;
  const auto map_vector = [](const B& z, T* to) LOGIGRAD_LAMBDA_INLINE {
    const B t[1] = {-z};
    B sigmoid[1], softplus[1];
    sigmoid_softplus<kSoftplus>(t, sigmoid, softplus);
    (kSoftplus ? softplus : sigmoid)[0].store_unaligned(to);
  };
  for (; i + B::size <= count; i += B::size) map_vector(B::load_unaligned(in + i), out + i);
  for (; i < count; ++i) {
    T lanes[B::size];
    map_vector(B(in[i]), lanes);
    out[i] = lanes[0];
  }
#else
  for (; i < count; ++i) {
    const auto at = sigmoid_softplus<kSoftplus>(-in[i]);
    out[i] = kSoftplus ? at.softplus : at.sigmoid;
  }
#endif
}

}  // namespace

#define LOGIGRAD_TABLE LOGIGRAD_JOIN(kIsaTable_, LOGIGRAD_ISA)

extern const IsaTable LOGIGRAD_TABLE;
constinit const IsaTable LOGIGRAD_TABLE = {LOGIGRAD_STRING(LOGIGRAD_ISA),
                                           kBodies,
                                           sizeof(kBodies) / sizeof(kBodies[0]),
                                           kLanes<float>,
                                           kLanes<double>,
                                           map<float, false>,
                                           map<float, true>,
                                           map<double, false>,
                                           map<double, true>};

}  // namespace logigrad

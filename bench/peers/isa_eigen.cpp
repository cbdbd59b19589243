// The gradient as an Eigen expression, for one ISA. This file is compiled once for every line of
// cmake/isas.cmake, with that line's flags.
//
// Eigen is templates: the linker would keep one copy of each for all ISAs. So every ISA has an
// Eigen of its own, whose namespace is renamed before its headers are read (it is spelt nowhere but
// in plain code, and <Eigen/Core> in angle brackets is no macro's prey). Whatever symbols the
// compiler leaves bear that name; tests/symbols_test.sh holds that.
#include "kernels/isa_name.hpp"

#define Eigen LOGIGRAD_JOIN(Eigen_, LOGIGRAD_ISA)
#define EIGEN_DONT_PARALLELIZE  // its products of a matrix and a vector are serial anyway
#define EIGEN_NO_DEBUG

#include <Eigen/Core>

#include "bench/peers/isa_code.hpp"

namespace logigrad::bench {
namespace {

template <class T>
[[gnu::flatten]] void gradient(const RowRange<T>& r, T* margins, T* dw, T* db) {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  const auto rows = static_cast<Eigen::Index>(r.rows), cols = static_cast<Eigen::Index>(r.cols);
  const Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> x(
      r.x, rows, cols, Eigen::OuterStride<>(static_cast<Eigen::Index>(r.stride)));
  const Eigen::Map<const Vector> y(r.y, rows), w(r.w, cols);
  Eigen::Map<Vector> u(margins, rows), sum(dw, cols);
  u.noalias() = x * w;
  // Eigen's own logistic() clamps its argument; exp may overflow here, which gives the right 0.
  u = -y.array() / (T(1) + (y.array() * (u.array() + r.b)).exp());
  sum.noalias() += x.transpose() * u;
  *db += u.sum();
}

#define LOGIGRAD_TABLE LOGIGRAD_JOIN(kEigen_, LOGIGRAD_ISA)
#define LOGIGRAD_EIGEN                                               \
  "Eigen " LOGIGRAD_STRING(EIGEN_WORLD_VERSION) "." LOGIGRAD_STRING( \
      EIGEN_MAJOR_VERSION) "." LOGIGRAD_STRING(EIGEN_MINOR_VERSION)

}  // namespace

extern const EigenTable LOGIGRAD_TABLE;
constinit const EigenTable LOGIGRAD_TABLE = {LOGIGRAD_STRING(LOGIGRAD_ISA),
                                             LOGIGRAD_EIGEN " (" LOGIGRAD_STRING(LOGIGRAD_ISA) ")",
                                             gradient<float>, gradient<double>};

}  // namespace logigrad::bench

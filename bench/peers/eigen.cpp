// Eigen: the gradient as its user writes it, u = X w; dw = X^T f(u). Its products are serial, so
// the rows are shared among threads here. The expression itself is in isa_eigen.cpp.
#include "bench/peers/isa_code.hpp"
#include "bench/peers/shared_rows.hpp"
#include "bench/strongest.hpp"

namespace logigrad::bench {

#define LOGIGRAD_ISA(name, flags, ...) extern const EigenTable kEigen_##name;
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA

namespace {

const EigenTable& table() {
  static constexpr const EigenTable* kTables[] = {
#define LOGIGRAD_ISA(name, flags, ...) &kEigen_##name,
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA
  };
  return strongest(kTables);
}

template <class T>
class EigenPeer final : public Peer<T> {
 public:
  EigenPeer(const Problem<T>& problem, int threads)
      : problem_(problem),
        rows_(problem.rows, problem.cols, threads),
        margins_(problem.rows),
        gradient_(part_for<T>(table())) {}

  void gradient(const T* w, T b, T* dw, T* db) override {
    rows_.run(
        [&](std::size_t, std::size_t first, std::size_t last, T* my_dw, T* my_db) {
          gradient_(rows_of(problem_, first, last, w, b), margins_.data() + first, my_dw, my_db);
        },
        dw, db);
  }

 private:
  Problem<T> problem_;
  SharedRows<T> rows_;
  Buffer<T> margins_;
  EigenGradient<T> gradient_;
};

template <class T>
std::unique_ptr<Peer<T>> make(const Problem<T>& problem, int threads) {
  return make_warm<EigenPeer<T>>(problem, threads);
}

}  // namespace

PeerInfo peer_eigen() { return {"eigen", table().library, make<float>, make<double>}; }

}  // namespace logigrad::bench

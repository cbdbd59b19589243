// Peers that need no library: one row at a time, and the blocks of SystemDS. Their loops are in
// isa_shapes.cpp; here is the sharing of the rows.
#include "bench/peers/own_code.hpp"
#include "bench/peers/shared_rows.hpp"

namespace logigrad::bench {

#define LOGIGRAD_ISA(name, flags, ...) extern const OwnCodeTable kOwnCode_##name;
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA

namespace {

const OwnCodeTable& table() {
  static constexpr const OwnCodeTable* kTables[] = {
#define LOGIGRAD_ISA(name, flags, ...) &kOwnCode_##name,
#include "kernels/isas.inc"
#undef LOGIGRAD_ISA
  };
  return strongest(kTables);
}

}  // namespace

template <class T>
const OwnCode<T>& own_code_of_strongest_isa() {
  return part_for<T>(table());
}

template const OwnCode<float>& own_code_of_strongest_isa();
template const OwnCode<double>& own_code_of_strongest_isa();

namespace {

template <class T, bool kSystemDs>
class ShapePeer final : public Peer<T> {
 public:
  ShapePeer(const Problem<T>& problem, int threads)
      : problem_(problem), rows_(problem.rows, problem.cols, threads) {}

  void gradient(const T* w, T b, T* dw, T* db) override {
    rows_.run(
        [&](std::size_t, std::size_t first, std::size_t last, T* my_dw, T* my_db) {
          const RowRange<T> range = rows_of(problem_, first, last, w, b);
          if constexpr (kSystemDs)
            code_.systemds(range, sigmoid_, my_dw, my_db);
          else
            code_.row_at_a_time(range, my_dw, my_db);
        },
        dw, db);
  }

 private:
  Problem<T> problem_;
  SharedRows<T> rows_;
  OwnCode<T> code_ = own_code_of_strongest_isa<T>();
  MapFunction<T> sigmoid_ = sigmoid_of_strongest_isa<T>();
};

template <class T, bool kSystemDs>
std::unique_ptr<Peer<T>> make(const Problem<T>& problem, int threads) {
  return make_warm<ShapePeer<T, kSystemDs>>(problem, threads);
}

}  // namespace

PeerInfo peer_systemds_shape() {
  return {"systemds_shape", table().library, make<float, true>, make<double, true>};
}

PeerInfo peer_row_at_a_time() {
  return {"row_at_a_time", table().library, make<float, false>, make<double, false>};
}

}  // namespace logigrad::bench

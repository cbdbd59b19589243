// What the hardware can do at most with the vectors of one ISA: read-only passes over data, and
// the loads and FMAs of the gradient without anything else.
//
// Which access pattern reads fastest differs between CPUs, between cache levels and memory, so
// there are several, and the best of them is the limit: the honest one, since a kernel with several
// streams can beat a plain sum.
#include "bench/limits/isa_limits.hpp"

#include "kernels/isa_name.hpp"

#ifdef LOGIGRAD_SCALAR
#include "kernels/scalar_math.hpp"
#else
#include "kernels/simd/ops.hpp"
#endif

#define LOGIGRAD_LIMIT_INLINE inline __attribute__((always_inline))

namespace logigrad::bench {
namespace {

constexpr std::size_t kChunk = 512 * 1024;  // the kernels' chunk, in which the streams are
// Bytes that are fetched before they are loaded, where that is tried. On a Granite Rapids panel was
// 1.13 times as fast as any read that did not load one line of each stream in turn, 2 KiB ahead.
constexpr std::size_t kClose = 2 * 1024, kNear = 4 * 1024;

#ifdef LOGIGRAD_SCALAR
// One element at a time, in the place of vectors.
template <class T>
struct Vector {
  T value;
  static constexpr std::size_t size = 1;
  Vector() = default;
  explicit Vector(T v) : value(v) {}
  static Vector load_aligned(const T* p) { return Vector(*p); }
  static Vector load_unaligned(const T* p) { return Vector(*p); }
  Vector operator+(const Vector& other) const { return Vector(value + other.value); }
  Vector operator^(const Vector& other) const { return Vector(value ^ other.value); }
};
template <class T>
Vector<T> multiply_add(const Vector<T>& x, const Vector<T>& y, const Vector<T>& z) {
  return Vector<T>(logigrad::multiply_add(x.value, y.value, z.value));
}
template <class T>
T lanes_sum(const Vector<T>& v) {
  return v.value;
}
template <std::size_t N, std::size_t I = 0, class F>
LOGIGRAD_LIMIT_INLINE void unroll(F&& f) {
  if constexpr (I < N) {
    f(I);
    unroll<N, I + 1>(f);
  }
}
#else
template <class T>
using Vector = xsimd::batch<T, LOGIGRAD_ARCH>;
template <class T>
T lanes_sum(const Vector<T>& v) {
  alignas(64) T lanes[Vector<T>::size];
  v.store_aligned(lanes);
  T sum = 0;
  for (const T lane : lanes) sum = static_cast<T>(sum + lane);
  return sum;
}
#endif

constexpr std::size_t kAccumulators = 8;
using Word = std::uint32_t;
using Words = Vector<Word>;

LOGIGRAD_LIMIT_INLINE Words load_words(const std::byte* at) {
  return Words::load_unaligned(reinterpret_cast<const Word*>(at));
}

// A chunk as kStreams streams that run side by side, kEach vectors of each in turn; what is left of
// the streams is one more, by vectors and then by words.
template <std::size_t kStreams, std::size_t kEach, std::size_t kAhead>
void read_chunk(const std::byte* data, std::size_t bytes, Words (&sums)[kAccumulators],
                Word& rest) {
  constexpr std::size_t kStep = kEach * sizeof(Words);
  const std::size_t stream = bytes / (kStreams * kStep) * kStep;
  for (std::size_t i = 0; i < stream; i += kStep) {
    unroll<kStreams>([&](std::size_t s) {
      const std::byte* at = data + s * stream + i;
      if constexpr (kAhead > 0) {
        for (std::size_t line = 0; line < kStep; line += 64) {
          __builtin_prefetch(at + kAhead + line, 0, kAhead <= kClose ? 3 : 2);
        }
      }
      unroll<kEach>([&](std::size_t v) {
        Words& sum = sums[(s * kEach + v) % kAccumulators];
        sum = sum ^ load_words(at + v * sizeof(Words));
      });
    });
  }
  std::size_t i = kStreams * stream;
  for (; i + sizeof(Words) <= bytes; i += sizeof(Words)) sums[0] = sums[0] ^ load_words(data + i);
  for (; i < bytes; i += sizeof(Word)) rest ^= *reinterpret_cast<const Word*>(data + i);
}

template <std::size_t kStreams, std::size_t kAhead, std::size_t kEach = kAccumulators / kStreams>
[[gnu::flatten]] Word read(const std::byte* data, std::size_t bytes) {
  Words sums[kAccumulators];
  for (Words& sum : sums) sum = Words(0);
  Word result = 0;
  for (std::size_t begin = 0; begin < bytes; begin += kChunk) {
    read_chunk<kStreams, kEach, kAhead>(
        data + begin, bytes - begin < kChunk ? bytes - begin : kChunk, sums, result);
  }
  for (std::size_t k = 1; k < kAccumulators; ++k) sums[0] = sums[0] ^ sums[k];
  return result ^ lanes_sum<Word>(sums[0]);
}

// Two loads, two FMAs or two FMAs that each load a factor, for each of `vectors` vectors: in L1, in
// eight independent chains.
template <class T, bool kLoads, bool kFmas>
[[gnu::flatten]] T ports(std::size_t vectors, const T* data) {
  using V = Vector<T>;
  constexpr std::size_t kStep = kAccumulators * V::size;
  V sums[kAccumulators];
  unroll<kAccumulators>([&](std::size_t k) { sums[k] = V(data[k]); });
  const V factor(data[0]);
  V x(data[1]);
  for (std::size_t n = 0, at = 0; n < 2 * vectors; n += kAccumulators) {
    unroll<kAccumulators>([&](std::size_t k) {
      if constexpr (kLoads) x = V::load_aligned(data + at + k * V::size);
      sums[k] = kFmas ? multiply_add(x, factor, sums[k]) : sums[k] + x;
    });
    at = at + 2 * kStep > kPortElements ? 0 : at + kStep;
  }
  T result = 0;
  unroll<kAccumulators>([&](std::size_t k) { result += lanes_sum<T>(sums[k]); });
  return result;
}

constexpr ReadKernel kReads[] = {
    {"read_1", read<1, 0>},
    {"read_2", read<2, 0>},
    {"read_4", read<4, 0>},
    {"read_8", read<8, 0>},
    {"read_1_ahead", read<1, kNear>},
    {"read_4_ahead", read<4, kNear>},
    {"read_4_close", read<4, kClose, 64 / sizeof(Words)>},
};

template <class T>
constexpr PortFunctions<T> kPorts = {Vector<T>::size, ports<T, true, false>, ports<T, false, true>,
                                     ports<T, true, true>};

}  // namespace

#define LOGIGRAD_LIMITS LOGIGRAD_JOIN(kLimits_, LOGIGRAD_ISA)

extern const LimitTable LOGIGRAD_LIMITS;
constinit const LimitTable LOGIGRAD_LIMITS = {LOGIGRAD_STRING(LOGIGRAD_ISA), kReads,
                                              sizeof(kReads) / sizeof(kReads[0]), kPorts<float>,
                                              kPorts<double>};

}  // namespace logigrad::bench

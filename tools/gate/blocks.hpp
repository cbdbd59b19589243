// The order in which programs run, block after block, and what a block says of them.
//
// A block is a random permutation of the programs followed by its mirror image, say
//     A' B A A B A'
// so that each runs twice, and the mean place of each is the same: a drift that is linear over the
// block cancels, as in ABBA. Orders are drawn anew for each block, all permutations alike. That is
// what makes the test exact without any assumption about the noise: if two programs are the same,
// swapping their names in an order gives an order that was as likely, so the logarithm of their
// ratio is as likely x as -x, whatever drifts, bursts or modes the block ran in (a randomisation
// test; Fisher, The Design of Experiments, 1935). An order that is fixed, or blocks of AAAA BBBB,
// have no such protection: what happens to a half of the time happens to one program.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace logigrad::gate {

// The programs of a block by index; relinked copies, if any, come after them.
inline constexpr std::size_t kBaseline = 0, kBaselineCopy = 1, kCandidate = 2, kFirstRelinked = 3;

// Which program runs at each place: 2 * `programs` places.
std::vector<std::size_t> block_order(std::size_t programs, std::mt19937_64& random);

// log(time of `program` / time of `other`) of one block, each the geometric mean of its two runs;
// seconds[i] is that of the process at place i of `order`. Throws std::invalid_argument unless the
// seconds are those of the order, finite and above 0, and both programs are in it.
double log_ratio(const std::vector<std::size_t>& order, const std::vector<double>& seconds,
                 std::size_t program, std::size_t other);

}  // namespace logigrad::gate

// The results as Google Benchmark reports them: its formats, its flags for them, its context.
//
// Google's own loop times one benchmark after the other. Here cases are timed in rounds, so a
// benchmark that is registered only says what came out, and what Google Benchmark takes for the
// time of its loop is replaced in the report by what was measured.
#pragma once

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/measure.hpp"

namespace logigrad::bench {

// Registers every case of the groups. `measure` is called with a group's index when the first of
// its cases is due, and puts the results of all of them into `results`.
void register_cases(const std::vector<Group>& groups, const Results& results,
                    const std::function<void(std::size_t)>& measure);

// Google Benchmark's reporter of a format with the measured times in the place of its own; with
// each round, as counters round_1 ... in seconds, if `with_rounds`. Throws InputError for a format
// other than json and console.
std::unique_ptr<benchmark::BenchmarkReporter> make_reporter(const std::string& format,
                                                            const Results& results,
                                                            bool with_rounds);

// Says nothing: for a run whose table comes at the end.
std::unique_ptr<benchmark::BenchmarkReporter> make_silent_reporter();

}  // namespace logigrad::bench

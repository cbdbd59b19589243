// The results as Google Benchmark reports them: its formats, its flags for them, its context.
//
// Google's own loop times one benchmark after the other, and writes its context before the first.
// Here cases are timed in rounds, and a run that is interrupted has to say so in the context. So
// all is measured before Google Benchmark runs; a benchmark that is registered only says what came
// out, and what Google Benchmark takes for the time of its loop is replaced in the report.
#pragma once

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "bench/measure.hpp"

namespace logigrad::bench {

// Registers every case of the groups that has a result.
void register_cases(const std::vector<Group>& groups, const Results& results);

// Google Benchmark's reporter of a format with the measured times in the place of its own; with
// each round, as counters round_1 ... in seconds, if `with_rounds`. Throws InputError for a format
// other than json and console.
std::unique_ptr<benchmark::BenchmarkReporter> make_reporter(const std::string& format,
                                                            const Results& results,
                                                            bool with_rounds);

// Says nothing: for a run whose table comes at the end.
std::unique_ptr<benchmark::BenchmarkReporter> make_silent_reporter();

}  // namespace logigrad::bench

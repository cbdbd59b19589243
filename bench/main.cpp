// logigrad_bench: validate -> warm up -> time -> counters, for every variant in the registry.
#include "bench/run.hpp"

int main(int argc, char** argv) { return logigrad::bench::run_benchmarks(argc, argv); }

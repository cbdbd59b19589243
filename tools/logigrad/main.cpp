// logigrad: evaluates and minimises the logistic loss of a data file; see program.hpp.
#include "tools/logigrad/program.hpp"

int main(int argc, char** argv) { return logigrad::program::run(argc, argv); }

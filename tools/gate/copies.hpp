// The programs as they are run: copies, whose paths differ in one digit.
//
// A path is part of a process: it moves the stack, and with it what is aligned there. So no side is
// run from where the user has it, and the baseline's second copy is another file with pages of its
// own, as the candidate is one.
#pragma once

#include "tools/gate/build.hpp"
#include "tools/gate/session.hpp"

namespace logigrad::gate {

// Copies both programs, and what was relinked of them, into directories below plan.scratch, and
// fills in plan.sides and plan.relinked. Throws std::runtime_error.
void copy_programs(const Program& baseline, const Program& candidate, Plan& plan);

}  // namespace logigrad::gate

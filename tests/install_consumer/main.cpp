// Known in closed form: at w = 0, b = 0 the loss is N ln 2, and dw, db are -1/2 sum y x, exactly.
#include <cmath>
#include <cstdio>
#include <logigrad/evaluate.hpp>

int main() {
  const double x[] = {1, 2, 3, 4, 5, 7}, y[] = {1, -1, 1}, w[] = {0, 0};
  logigrad::Problem<double> problem;
  problem.x = x, problem.y = y, problem.rows = 3, problem.cols = problem.stride = 2;
  double dw[2], db;
  const double loss = logigrad::loss_gradient(problem.checked(), w, 0.0, dw, &db);
  std::printf("loss %.17g dw %g %g db %g\n", loss, dw[0], dw[1], db);
  const bool right = std::abs(loss - 3 * std::log(2.0)) < 1e-14;
  return right && dw[0] == -1.5 && dw[1] == -2.5 && db == -0.5 ? 0 : 1;
}

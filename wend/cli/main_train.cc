// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "wend/cli/hand_over.h"
#include "wend/cli/program.h"
#include "wend/cli/train_verbs.h"

int main(int argc, char** argv) {
  namespace cli = wend::cli;
  if (argc == 2 && std::string_view(argv[1]) == cli::kBlasQuestion) {
    return cli::print_blas();
  }
  return cli::run_program(
      argc, argv, {cli::run_train, cli::run_eval, cli::run_models_add, cli::run_grow_by_replay});
}

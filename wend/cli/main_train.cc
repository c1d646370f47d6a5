// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/program.h"
#include "wend/cli/train_verbs.h"

int main(int argc, char** argv) {
  return wend::cli::run_program(argc, argv, {wend::cli::run_train, wend::cli::run_eval});
}

// SPDX-License-Identifier: Apache-2.0
#include "wend/cli/hand_over.h"
#include "wend/cli/program.h"

int main(int argc, char** argv) {
  namespace cli = wend::cli;
  cli::TrainingVerbs training;
  training.train = [&](const cli::Globals&, const cli::TrainOptions&) {
    return cli::hand_over_to_trainer(argv);
  };
  training.eval = [&](const cli::Globals&, const cli::EvalOptions&) {
    return cli::hand_over_to_trainer(argv);
  };
  training.add_model = [&](const cli::Globals&, const cli::ModelsAddOptions&) {
    return cli::exit_zero(cli::hand_over_to_trainer(argv));
  };
  training.grow = [&](const cli::Globals&, const cli::GrowOptions&) {
    return cli::exit_zero(cli::hand_over_to_trainer(argv));
  };
  return cli::run_program(argc, argv, training);
}

// SPDX-License-Identifier: Apache-2.0
// BLEU, ROUGE-L and SQuAD's scores against those that tests/golden/metrics/record.py recorded.
#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/label/bleu.h"
#include "wend/label/rouge.h"
#include "wend/label/squad.h"

namespace wend::label {
namespace {

using nlohmann::json;

std::vector<json> pairs() {
  std::istringstream lines(
      base::read_file(WEND_SOURCE_DIR "/tests/golden/metrics/pairs.jsonl").value());
  std::vector<json> rows;
  for (std::string line; std::getline(lines, line);) {
    rows.push_back(json::parse(line));
  }
  return rows;
}

TEST(TextMetrics, AreTheReferencesOnEveryPair) {
  const std::vector<json> rows = pairs();
  ASSERT_GE(rows.size(), 500U);
  for (const json& row : rows) {
    const auto references = row.at("references").get<std::vector<std::string>>();
    const auto text = row.at("text").get<std::string>();
    double rouge = 0;
    double f1 = 0;
    bool exact = false;
    for (const std::string& reference : references) {
      rouge = std::max(rouge, rouge_l(reference, text));
      f1 = std::max(f1, squad_f1(reference, text));
      exact = exact || squad_equal(reference, text);
    }
    EXPECT_NEAR(bleu(references, text), row.at("bleu").get<double>(), 1e-9) << row;
    EXPECT_NEAR(rouge, row.at("rouge_l").get<double>(), 1e-9) << row;
    EXPECT_NEAR(f1, row.at("f1").get<double>(), 1e-9) << row;
    EXPECT_EQ(exact, row.at("exact").get<bool>()) << row;
  }
}

TEST(TextMetrics, TakeLongAndBrokenTexts) {
  std::string long_text;
  for (int i = 0; i < 100000; ++i) {
    long_text += "word" + std::to_string(i % 5000) + ". ";
  }
  const std::vector<std::string> references = {long_text.substr(0, 100000), "\xFF\xFE \xC3"};
  EXPECT_GT(bleu(references, long_text), 0);
  EXPECT_GT(rouge_l(references[0], long_text), 0);
  EXPECT_LE(bleu(references, "\xFF \xE2\x80 . \xFF"), 1);
  EXPECT_LE(squad_f1(references[1], "\xFF \xE2\x80 the"), 1);
}

}  // namespace
}  // namespace wend::label

// SPDX-License-Identifier: Apache-2.0
#include "wend/label/match_answer.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "wend/label/bleu.h"
#include "wend/label/final_answer.h"
#include "wend/label/numbers.h"
#include "wend/label/options.h"
#include "wend/label/plain_math.h"
#include "wend/label/rouge.h"
#include "wend/label/scan.h"
#include "wend/label/squad.h"
#include "wend/label/words.h"

namespace wend::label {
namespace {

using base::Code;
using base::fail;
using nlohmann::json;

constexpr std::array<std::pair<std::string_view, Metric>, 28> kWords = {{
    {"exact", Metric::kExact},
    {"exact_match", Metric::kExact},
    {"em", Metric::kExact},
    {"exact match of the value", Metric::kValue},
    {"value", Metric::kValue},
    {"numeric", Metric::kNumeric},
    {"numeric match", Metric::kNumeric},
    {"numeric_match", Metric::kNumeric},
    {"gsm8k", Metric::kNumeric},
    {"math", Metric::kMath},
    {"multiple_choice", Metric::kMultipleChoice},
    {"multiple choice", Metric::kMultipleChoice},
    {"mc", Metric::kMultipleChoice},
    {"em_mc", Metric::kMultipleChoice},
    {"accuracy", Metric::kMultipleChoice},
    {"squad_f1", Metric::kSquadF1},
    {"token_f1", Metric::kSquadF1},
    {"word_f1", Metric::kSquadF1},
    {"f1", Metric::kSquadF1},
    {"f1_score", Metric::kSquadF1},
    {"squad_em", Metric::kSquadExact},
    {"squad_exact_match", Metric::kSquadExact},
    {"bleu", Metric::kBleu},
    {"sacrebleu", Metric::kBleu},
    {"sentence_bleu", Metric::kBleu},
    {"rouge_l", Metric::kRougeL},
    {"rouge-l", Metric::kRougeL},
    {"rougel", Metric::kRougeL},
}};

/// The right answers: the items of a reference that is a JSON list of texts (or numbers, for the
/// metrics of numbers), and the reference itself where it is none or a list may be the answer.
std::vector<std::string> references_of(const core::QueryRecord& query, Metric metric) {
  std::vector<std::string> references = {query.reference};
  const bool may_be_list = trimmed(query.reference, " ").starts_with("[");
  const json list = may_be_list ? json::parse(query.reference, nullptr, false) : json();
  const bool takes_numbers = metric == Metric::kNumeric || metric == Metric::kMath;
  const auto is_answer = [&](const json& item) {
    return item.is_string() || (takes_numbers && item.is_number());
  };
  if (!list.is_array() || list.empty() || !std::all_of(list.begin(), list.end(), is_answer)) {
    return references;
  }
  const bool may_mean_itself =
      metric == Metric::kExact || metric == Metric::kValue || metric == Metric::kMultipleChoice;
  if (!may_mean_itself) {
    references.clear();
  }
  for (const json& item : list) {
    references.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  }
  return references;
}

/// The number that a reference is: of a worked solution, what follows "####" or stands in its box.
std::optional<Number> reference_number(std::string_view reference) {
  const std::size_t mark = reference.rfind("####");
  if (mark != std::string_view::npos) {
    reference.remove_prefix(mark + 4);
  }
  return answer_number(plain_math(final_answer(reference).text));
}

/// An answer without the reasons that follow it: "42 (6 times 7)" and "42, because ..." are 42.
std::string_view without_reasons(std::string_view line) {
  std::size_t end = line.size();
  for (const std::string_view word : {" (", " because ", " since ", ", as ", ", which "}) {
    const std::size_t at = line.find(word);
    const bool has_number = at != std::string_view::npos && !numbers_in(line.substr(0, at)).empty();
    end = has_number ? std::min(end, at) : end;
  }
  return line.substr(0, end);
}

std::optional<Number> reply_number(std::string_view reply) {
  const FinalAnswer answer = final_answer(reply);
  if (!answer.marked) {
    return answer_number(plain_math(answer.text));
  }
  const std::string first = plain_math(answer_line(answer));
  if (auto number = answer_number(without_reasons(first))) {
    return number;
  }
  // A marked line that offers two numbers or denies its only one has given its answer away.
  return numbers_in(first).empty() ? answer_number(plain_math(answer.text)) : std::nullopt;
}

bool matches_number(std::string_view reference, std::string_view reply) {
  const auto wanted = reference_number(reference);
  const auto given = reply_number(reply);
  return wanted && given && equal(*wanted, *given);
}

/// A formula without what does not change it: spaces, sizes of brackets, dollar signs, "x =".
std::string bare_formula(std::string_view text) {
  std::string_view boxed;
  std::string plain = plain_math(find_boxed(text, boxed) ? boxed : text);
  std::erase_if(plain, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\\'; });
  const std::size_t equals = plain.rfind('=');
  const std::string_view value = equals == std::string::npos
                                     ? std::string_view(plain)
                                     : std::string_view(plain).substr(equals + 1);
  return std::string(trimmed(value, "."));
}

bool is_lone_number(std::string_view text) {
  const std::string plain = plain_math(text);
  const std::vector<Number> numbers = numbers_in(plain);
  return numbers.size() == 1 && !numbers[0].is_symbolic &&
         plain.find_first_of("()[]=xyn") == std::string::npos;
}

bool matches_math(std::string_view reference, std::string_view reply) {
  std::string_view wanted = reference;
  if (!find_boxed(reference, wanted)) {
    wanted = trimmed(reference, " \n");
  }
  const FinalAnswer answer = final_answer(reply);
  if (bare_formula(wanted) == bare_formula(answer_line(answer))) {
    return true;
  }
  return is_lone_number(wanted) && matches_number(wanted, reply);
}

/// A literal of a program without its spacing; both sorts of quotes are one.
std::string bare_value(std::string_view text) {
  const std::size_t equals = text.rfind("==");
  const std::string_view value = equals == std::string_view::npos ? text : text.substr(equals + 2);
  std::string bare(trimmed(value, " \t\r`*."));
  std::erase_if(bare, [](char c) { return c == ' ' || c == '\t'; });
  std::replace(bare.begin(), bare.end(), '"', '\'');
  return bare;
}

bool matches_choice(const core::QueryRecord& query,
                    std::string_view reference,
                    std::string_view reply) {
  const Options options = options_of(query.prompt);
  const auto wanted = chosen_option(reference, options);
  const auto given = chosen_option(answer_line(final_answer(reply)), options);
  return wanted && given == wanted;
}

double score(const core::QueryRecord& query,
             Metric metric,
             const std::string& reference,
             std::string_view reply) {
  switch (metric) {
    case Metric::kExact:
      return normalised_answer(answer_line(final_answer(reply))) == normalised_answer(reference)
                 ? 1
                 : 0;
    case Metric::kValue:
      return bare_value(answer_line(final_answer(reply))) == bare_value(reference) ? 1 : 0;
    case Metric::kNumeric:
      return matches_number(reference, reply) ? 1 : 0;
    case Metric::kMath:
      return matches_math(reference, reply) ? 1 : 0;
    case Metric::kMultipleChoice:
      return matches_choice(query, reference, reply) ? 1 : 0;
    case Metric::kSquadF1:
      return squad_f1(reference, final_answer(reply).text);
    case Metric::kSquadExact:
      return squad_equal(reference, final_answer(reply).text) ? 1 : 0;
    case Metric::kBleu:
      return bleu({&reference, 1}, written_answer(reply));
    case Metric::kRougeL:
      return rouge_l(reference, written_answer(reply));
  }
  return 0;
}

/// Whether the metric can read the reference.
base::Status check_reference(const core::QueryRecord& query, Metric metric) {
  const std::vector<std::string> references = references_of(query, metric);
  const auto can_read = [&](const std::string& reference) {
    if (metric == Metric::kNumeric) {
      return reference_number(reference).has_value();
    }
    return metric != Metric::kMultipleChoice ||
           chosen_option(reference, options_of(query.prompt)).has_value();
  };
  if (std::any_of(references.begin(), references.end(), can_read)) {
    return {};
  }
  return fail(Code::kInvalidArgument,
              "metric '{}': the reference {}",
              query.metric,
              metric == Metric::kNumeric ? "is no number" : "names no option");
}

}  // namespace

std::optional<Metric> find_metric(std::string_view word) {
  for (const auto& [known, metric] : kWords) {
    if (equal_ascii(word, known)) {
      return metric;
    }
  }
  return std::nullopt;
}

base::Status check_scorable(const core::QueryRecord& query) {
  if (query.metric.empty()) {
    return fail(Code::kInvalidArgument, "no metric");
  }
  const auto metric = find_metric(query.metric);
  if (!metric) {
    return fail(Code::kUnimplemented, "metric '{}' cannot be scored here", query.metric);
  }
  if (trimmed(query.reference, " \t\r\n").empty()) {
    return fail(Code::kInvalidArgument, "no reference");
  }
  return check_reference(query, *metric);
}

double match_answer(const core::QueryRecord& query, std::string_view reply) {
  const auto metric = find_metric(query.metric);
  double best = 0;
  if (metric == Metric::kBleu) {
    return bleu(references_of(query, *metric), written_answer(reply));
  }
  if (metric) {
    for (const std::string& reference : references_of(query, *metric)) {
      best = std::max(best, score(query, *metric, reference, reply));
    }
  }
  return best;
}

}  // namespace wend::label

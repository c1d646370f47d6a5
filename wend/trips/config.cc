// SPDX-License-Identifier: Apache-2.0
#include "wend/trips/config.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "wend/base/file.h"
#include "wend/base/suggest.h"
#include "wend/core/preference.h"
#include "wend/data/normaliser.h"
#include "wend/data/split.h"
#include "wend/llm/wire_render.h"
#include "wend/synth/profile.h"

namespace wend::trips {

using base::Bounds;
using base::Code;
using base::fail;
using base::Result;
using base::Status;

void EncoderConfig::fields(base::ConfigVisitor& v) {
  v.value("path",
          path,
          "A Hugging Face folder of a BERT (config.json, model.safetensors, tokenizer.json); "
          "empty: the cached "
          "all-MiniLM-L6-v2.");
}

void UpstreamConfig::fields(base::ConfigVisitor& v) {
  v.value("base_url",
          base_url,
          "Where its OpenAI-compatible API begins, as in http://127.0.0.1:8081/v1.");
  v.value("api_key_env",
          api_key_env,
          "The environment variable that holds its key; empty: none is sent.");
  v.value("allow_private",
          allow_private,
          "Whether its name may lead to a private or loopback address. An address written out in "
          "base_url is allowed as it stands.");
  v.value("max_concurrent",
          max_concurrent,
          "Calls of our own (wend label, wend synth) that are under way at once.",
          {1, 1000});
  v.value("requests_per_minute",
          requests_per_minute,
          "Calls of our own a minute; unset: no limit.",
          {0.001, 1e6});
  v.value("tokens_per_minute",
          tokens_per_minute,
          "Expected tokens of our own calls a minute; unset: no limit.",
          {1, 1e12});
  v.value(
      "extra_body",
      extra_body,
      "A JSON object that our own calls carry beside their parameters, as in "
      "'{\"cache_prompt\": false}'. It is no part of a call's identity: changing it asks nothing "
      "again.");
  v.value("json_schema",
          json_schema,
          "Whether it holds replies to a JSON schema (response_format); wend synth then asks for "
          "JSON in the place of marked text.");
}

void PriceConfig::fields(base::ConfigVisitor& v) {
  v.value("input", input, "Per million input tokens.", {0, 1e9});
  v.value("cached_input", cached_input, "Per million cached input tokens.", {0, 1e9});
  v.value("output", output, "Per million output tokens.", {0, 1e9});
}

void ModelConfig::fields(base::ConfigVisitor& v) {
  v.value("id", id, "The name callers, outcomes and artifacts use.");
  v.value("upstream", upstream, "The upstream that serves it.");
  v.value("upstream_model", upstream_model, "Its name there; empty: the id.");
  v.value("description",
          description,
          "What it is and is good at, in a sentence or two: told to the model that chooses in the "
          "router prompt_llm.");
  v.section("price",
            price,
            "Its price; where an artifact was trained at another, predicted costs are rescaled.");
  v.value("context", context, "Tokens it can take; unset: unlimited.", {1, 1e9});
  v.value("can", can, "What it can do, as in [tools, vision]; unset: everything.");
}

void RouterConfig::fields(base::ConfigVisitor& v) {
  v.value("artifact", artifact, "The folder of the trained router.");
}

void PolicyConfig::fields(base::ConfigVisitor& v) {
  v.value(
      "preference", preference, "cost, balanced, quality, or the weight of quality from 0 to 1.");
  v.value("max_cost", max_cost, "The most that one call may be predicted to cost.", {0, 1e9});
}

void TrainConfig::fields(base::ConfigVisitor& v) {
  v.value("split", split, "Shares of train, validation and test.");
  v.value("normaliser",
          normaliser,
          "How currency is put on the scale of quality: reference, dataset_minmax_train, "
          "global_minmax_train, "
          "node_minmax_train, dataset_minmax_all or none.");
}

void EvalConfig::fields(base::ConfigVisitor& v) {
  v.value("seeds", seeds, "Splits and trainings that a table pools.", {1, 1000});
  v.value("resamples", resamples, "Bootstrap resamples behind each interval.", {100, 1000000});
  v.value("prompt_llm",
          prompt_llm,
          "The model that chooses in the router prompt_llm; prompt_llm{model=ID} outranks it. Its "
          "calls are as patient as those of wend label (label.timeout_s, label.attempts).");
  v.value("prompt_llm_max_tokens",
          prompt_llm_max_tokens,
          "Tokens of its reply, at most; a model that thinks aloud needs many more.",
          {1, 1e7});
  v.value("prompt_llm_parameters",
          prompt_llm_parameters,
          "Further parameters of its calls, which are at temperature 0, as a JSON object.");
}

void ServeConfig::fields(base::ConfigVisitor& v) {
  constexpr Bounds kSeconds = {0.001, 86400};
  v.value("listen", listen, "Where applications send requests; port 0 is any free one.");
  v.value("admin", admin, "Where /healthz, /readyz, /metrics and /admin/reload are.");
  v.value("api_keys_env",
          api_keys_env,
          "The environment variable that holds the callers' keys, apart by commas; empty: none is "
          "asked for.");
  v.value("admin_key_env",
          admin_key_env,
          "The environment variable that holds the key of the admin listener, which it must have "
          "where it is not on loopback.");
  v.value("threads", threads, "I/O threads; 0: one a processor.", {0, 1024});
  v.value("inference_threads",
          inference_threads,
          "Threads that tokenise, encode and decide; 0: one a processor.",
          {0, 1024});
  v.value("inference_queue",
          inference_queue,
          "Prompts that may wait for a decision; the next is told to come back (429).",
          {0, 1e6});
  v.value("max_connections", max_connections, "Clients connected at once.", {1, 1e6});
  v.value("max_body_bytes", max_body_bytes, "Largest request body.", {1024, 1e9});
  v.value("max_bodies_bytes",
          max_bodies_bytes,
          "Bodies of all requests under way, together; the next is told to come back (503).",
          {1024, 1e12});
  v.value("max_response_bytes",
          max_response_bytes,
          "Largest answer that is not streamed.",
          {1024, 1e9});
  v.value("attempts", attempts, "Calls to upstreams for one request, at most.", {1, 3});
  v.value("request_timeout_s", request_timeout_s, "For a whole request.", kSeconds);
  v.value("connect_timeout_s", connect_timeout_s, "To reach an upstream.", kSeconds);
  v.value("first_byte_timeout_s",
          first_byte_timeout_s,
          "From a request sent to an upstream to the first byte of its answer.",
          kSeconds);
  v.value("idle_timeout_s", idle_timeout_s, "Between two pieces of an answer.", kSeconds);
  v.value("head_timeout_s", head_timeout_s, "For the head of a client's request.", kSeconds);
  v.value("keep_alive_s", keep_alive_s, "For a client's next request.", kSeconds);
  v.value(
      "write_timeout_s", write_timeout_s, "For a client that takes none of its answer.", kSeconds);
  v.value("drain_s",
          drain_s,
          "From SIGTERM, for the requests under way; then they are cut.",
          {0, 86400});
  v.value("store_decisions", store_decisions, "Whether decisions are kept in the store.");
  v.value("store_prompts", store_prompts, "Whether the text that was routed on is kept with them.");
  v.value("decision_queue",
          decision_queue,
          "Decisions that may wait to be kept; more are dropped and counted.",
          {1, 1e6});
  v.value("log_requests", log_requests, "Whether each request is a line in the log.");
}

void LabelConfig::fields(base::ConfigVisitor& v) {
  v.value("max_tokens", max_tokens, "Tokens of a reply, at most.", {1, 1e7});
  v.value("temperature", temperature, "Of the draw of words; 0: the likeliest.", {0, 2});
  v.value(
      "parameters",
      parameters,
      "Further parameters as a JSON object, as in '{\"top_p\": 0.9}'. They are part of a call's "
      "identity: others are other calls.");
  v.value(
      "prompt_template",
      prompt_template,
      "A text file in whose {{question}} each query's text is put, as prompts/answer.txt; empty: "
      "the text alone is the message.");
  v.value("timeout_s", timeout_s, "For one attempt of a call.", {0.01, 86400});
  v.value("attempts", attempts, "Of one call, where trying again may help.", {1, 100});
  v.value("python",
          python,
          "What runs the programs in replies (metric pass@1), in a sandbox: a name in the system's "
          "folders, or a path.");
  v.value("judge", judge, "The model that scores replies with --score judge; --judge outranks it.");
  v.value("judge_max_tokens",
          judge_max_tokens,
          "Tokens of the judge's reply, at most; a model that thinks aloud needs many more.",
          {1, 1e7});
  v.value("judge_temperature", judge_temperature, "Of the judge's draw of words.", {0, 2});
  v.value("judge_parameters",
          judge_parameters,
          "Further parameters of the judge's calls as a JSON object.");
  v.value("annotator",
          annotator,
          "The model that chooses task types with wend annotate; --model outranks it.");
  v.value("annotator_max_tokens",
          annotator_max_tokens,
          "Tokens of the annotator's reply, at most; a model that thinks aloud needs many more.",
          {1, 1e7});
  v.value("annotator_parameters",
          annotator_parameters,
          "Further parameters of the annotator's calls, which are at temperature 0, as a JSON "
          "object.");
}

void PromptsConfig::fields(base::ConfigVisitor& v) {
  v.value("folder",
          folder,
          "A folder whose files stand in for the texts of prompts/ that have their names, with the "
          "same {{places}}; empty: those that stand in the program.");
  v.value("judge",
          judge,
          "A text file with {{question}}, {{reference}} and {{answer}} that asks for a score from "
          "0 to 1; empty: judge.txt of prompts.folder, else as the program has it.");
  v.value(
      "annotate",
      annotate,
      "A text file with {{question}} and {{options}} that asks for a label; empty: "
      "annotate.txt (with --labels annotate_several.txt) of prompts.folder, else as the program "
      "has it.");
  v.value("prompt_llm",
          prompt_llm,
          "A text file with {{query}}, {{models}} and {{objective}} that asks for a model's name; "
          "empty: prompt_llm.txt of prompts.folder, else as the program has it.");
}

void DomainConfig::fields(base::ConfigVisitor& v) {
  v.value("name", name, "A few words.");
  v.value("definition", definition, "One sentence: what its questions are about.");
  v.value("example", example, "A question of it.");
}

void SynthConfig::fields(base::ConfigVisitor& v) {
  v.value("generator", generator, "The model that writes; empty: --generator says it.");
  v.value("auditor",
          auditor,
          "The model that `wend synth --audit` asks, another than the generator; empty: the "
          "generator, where there is no other.");
  v.sections("domains", domains, "The domains to begin with; none: six common ones.");
  v.value("max_domains", max_domains, "Domains of a --describe, at most.", {1, 100});
  v.value("max_new_domains",
          max_new_domains,
          "Domains that are proposed beside the given ones, at most; --domains and --describe want "
          "none.",
          {0, 100});
  v.value("max_subcategories", max_subcategories, "Of a domain, at most.", {1, 100});
  v.value("max_levels", max_levels, "Levels of difficulty of a subcategory, at most.", {1, 20});
  v.value("profile_level",
          profile_level,
          "Where the tree ends and questions are written: domain, subcategory or difficulty.");
  v.value("stable_rounds",
          stable_rounds,
          "Rounds without a change after which a set of task types is settled; 0: sets are taken "
          "as they are proposed.",
          {0, 100});
  v.value("max_rounds", max_rounds, "Rounds of a set, at most.", {0, 100});
  v.value("shots", shots, "Questions of each leaf of the tree.", {1, 10000});
  v.value("batch", batch, "Questions of one call.", {1, 100});
  v.value("extra_batches",
          extra_batches,
          "Further calls for a leaf that lost questions as duplicates, at most.",
          {0, 1000});
  v.value("most_alike",
          most_alike,
          "Cosine above which a question of the same leaf is a duplicate.",
          {0, 1});
  v.value("most_alike_across",
          most_alike_across,
          "Cosine above which a question of another leaf is a duplicate.",
          {0, 1});
  v.value("max_tokens", max_tokens, "Tokens of a reply, at most.", {1, 1e7});
  v.value("temperature", temperature, "Of the draw of words.", {0, 2});
  v.value(
      "parameters",
      parameters,
      "Further parameters as a JSON object, as in '{\"top_p\": 0.9}'. They are part of a call's "
      "identity.");
  v.value("timeout_s", timeout_s, "For one attempt of a call.", {0.01, 86400});
  v.value("attempts", attempts, "Of one call, where trying again may help.", {1, 100});
}

void DiscoverConfig::fields(base::ConfigVisitor& v) {
  v.value("describer",
          describer,
          "The model that says of each prompt in a sentence what it asks for, and names the tasks "
          "found, where --describe does not name one. Its calls are as patient as those of wend "
          "label (label.timeout_s, label.attempts).");
  v.value("describer_max_tokens",
          describer_max_tokens,
          "Tokens of a description, at most; a model that thinks aloud needs many more.",
          {1, 1e7});
  v.value("namer_max_tokens",
          namer_max_tokens,
          "Tokens of a task's name and definition, at most.",
          {1, 1e7});
  v.value("describer_parameters",
          describer_parameters,
          "Further parameters of its calls, which are at temperature 0, as a JSON object.");
}

void Config::fields(base::ConfigVisitor& v) {
  v.value("store", store, "The SQLite file that holds outcomes and vectors.");
  v.value("currency", currency, "Of every price in this file: a name, nothing is converted.");
  v.section("encoder", encoder, "What turns a prompt into a vector.");
  v.named_sections("upstreams", upstreams, "OpenAI-compatible servers, by a name of yours.");
  v.sections("models", models, "The pool that prompts are routed over.");
  v.section("router", router, "The router that decides.");
  v.section("policy", policy, "How scores become a decision.");
  v.section("train", train, "Defaults of train and eval.");
  v.section("eval", eval, "Defaults of eval.");
  v.section("serve", serve, "The proxy.");
  v.section("label", label, "How models are asked to answer the queries of a data set.");
  v.section("prompts", prompts, "What models are told.");
  v.section("synth", synth, "How task types and questions are written by a model.");
  v.section("discover", discover, "How a model describes prompts and names task types.");
}

namespace {

/// Words that models have a use for; others are the user's own, unless they look like one of these.
const std::vector<std::string> kCapabilities = {"tools", "vision"};

using Tree = base::ConfigNode;

Status check_upstream(const Tree& tree,
                      const std::string& key,
                      const Config& config,
                      const std::string& name) {
  if (name.empty() || config.upstreams.contains(name)) {
    return {};
  }
  std::vector<std::string> known;
  for (const auto& [upstream, ignored] : config.upstreams) {
    known.push_back(upstream);
  }
  const std::string expected = known.empty()
                                   ? "expected a name from the section 'upstreams', which is empty"
                                   : fmt::format("expected one of {}", fmt::join(known, ", "));
  return tl::unexpected(base::config_fault(
      tree,
      key,
      fmt::format("unknown upstream '{}'{}; {}", name, base::did_you_mean(name, known), expected)));
}

Status check_capabilities(const Tree& tree,
                          const std::string& key,
                          const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const bool is_known = std::ranges::find(kCapabilities, word) != kCapabilities.end();
    const std::string meant = is_known ? "" : base::did_you_mean(word, kCapabilities);
    if (!meant.empty()) {
      return tl::unexpected(
          base::config_fault(tree, key, fmt::format("unknown capability '{}'{}", word, meant)));
    }
  }
  return {};
}

Status check_models(const Config& config, const Tree& tree) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < config.models.size(); ++i) {
    const ModelConfig& model = config.models[i];
    const std::string key = fmt::format("models.{}", i);
    if (model.id.empty()) {
      return tl::unexpected(
          base::config_fault(tree, key, "a model without an id; expected {id: NAME, ...}"));
    }
    if (!seen.insert(model.id).second) {
      return tl::unexpected(
          base::config_fault(tree, key + ".id", fmt::format("the id '{}' stands twice", model.id)));
    }
    TRY(check_upstream(tree, key + ".upstream", config, model.upstream));
    TRY(check_capabilities(tree, key + ".can", model.can.value_or(std::vector<std::string>{})));
  }
  return {};
}

Status check_serve(const ServeConfig& serve, const Tree& tree) {
  if (serve.max_bodies_bytes >= serve.max_body_bytes) {
    return {};
  }
  return tl::unexpected(base::config_fault(
      tree,
      "serve.max_bodies_bytes",
      fmt::format("expected at least serve.max_body_bytes, {}, or no such body is ever taken; "
                  "found {}",
                  serve.max_body_bytes,
                  serve.max_bodies_bytes)));
}

Status check_domains(const Config& config, const Tree& tree) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < config.synth.domains.size(); ++i) {
    const DomainConfig& domain = config.synth.domains[i];
    const std::string key = fmt::format("synth.domains.{}", i);
    if (domain.name.empty() || domain.definition.empty()) {
      return tl::unexpected(base::config_fault(
          tree,
          key,
          "expected a domain's name and what it is, {name: WORDS, definition: SENTENCE}"));
    }
    if (!seen.insert(domain.name).second) {
      return tl::unexpected(base::config_fault(
          tree, key + ".name", fmt::format("the domain '{}' stands twice", domain.name)));
    }
  }
  return {};
}

/// What is written as text but read as something else: said here, not when a run first needs it.
Status check_texts(const Config& config, const Tree& tree) {
  const auto at = [&tree](const char* key) {
    return [&tree, key](const base::Error& error) {
      return base::config_fault(tree, key, error.message);
    };
  };
  TRY(data::parse_split(config.train.split).map_error(at("train.split")));
  TRY(data::parse_normaliser(config.train.normaliser).map_error(at("train.normaliser")));
  TRY(core::parse_preference(config.policy.preference).map_error(at("policy.preference")));
  TRY(llm::check_extra_parameters(config.label.parameters).map_error(at("label.parameters")));
  TRY(llm::check_extra_parameters(config.synth.parameters).map_error(at("synth.parameters")));
  if (!synth::parse_level(config.synth.profile_level)) {
    return tl::unexpected(
        base::config_fault(tree,
                           "synth.profile_level",
                           fmt::format("unknown level '{}'; expected domain, subcategory or "
                                       "difficulty",
                                       config.synth.profile_level)));
  }
  TRY(llm::check_extra_parameters(config.label.judge_parameters)
          .map_error(at("label.judge_parameters")));
  TRY(llm::check_extra_parameters(config.label.annotator_parameters)
          .map_error(at("label.annotator_parameters")));
  TRY(llm::check_extra_parameters(config.eval.prompt_llm_parameters)
          .map_error(at("eval.prompt_llm_parameters")));
  TRY(llm::check_extra_parameters(config.discover.describer_parameters)
          .map_error(at("discover.describer_parameters")));
  for (const auto& [name, upstream] : config.upstreams) {
    const std::string key = fmt::format("upstreams.{}.extra_body", base::key_step(name));
    TRY(llm::check_extra_parameters(upstream.extra_body).map_error(at(key.c_str())));
  }
  return {};
}

/// A price catalogue in the place of the list is a form of later versions.
Status check_catalogue(const Tree& tree) {
  const Tree* const models = tree.find("models");
  if (models == nullptr || models->find("catalogue") == nullptr) {
    return {};
  }
  return tl::unexpected(base::config_fault(
      tree,
      "models.catalogue",
      "this version reads no price catalogue; expected a list, models: [{id: NAME, ...}, ...]"));
}

Result<base::ConfigNode> read_tree(const ConfigSource& source, const std::string& file) {
  if (!source.file && !std::filesystem::exists(file)) {
    return base::ConfigNode{};
  }
  const std::string text = TRY(base::read_file(file, std::size_t{16} << 20U));
  return base::parse_config(text, file);
}

}  // namespace

Result<LoadedConfig> load_config(const ConfigSource& source) {
  const std::string file = source.file.value_or("wend.yaml");
  base::ConfigNode tree = TRY(read_tree(source, file));
  for (const std::string& assignment : source.sets) {
    TRY(base::apply_override(tree, assignment));
  }
  TRY(check_catalogue(tree));
  LoadedConfig loaded;
  TRY(base::read_config(
      tree,
      [&](base::ConfigVisitor& visitor) { loaded.config.fields(visitor); },
      &loaded.effective));
  TRY(check_models(loaded.config, tree));
  TRY(check_serve(loaded.config.serve, tree));
  TRY(check_domains(loaded.config, tree));
  TRY(check_texts(loaded.config, tree));
  return loaded;
}

std::string encoder_folder(const EncoderConfig& config) {
  if (!config.path.empty()) {
    return config.path;
  }
  if (const char* folder = std::getenv("WEND_ENCODER"); folder != nullptr && *folder != '\0') {
    return folder;
  }
  return base::cache_folder() + "/encoder/all-MiniLM-L6-v2";
}

std::string example_config() {
  return R"(# Wend's configuration. `wend config` lists every key; --set a.b=c overrides one for a run.
store: wend.db

# OpenAI-compatible servers. A key is only ever named by its environment variable.
upstreams:
  local: {base_url: "http://127.0.0.1:8081/v1"}
  openai: {base_url: "https://api.openai.com/v1", api_key_env: OPENAI_API_KEY}

# The pool. Prices are per million tokens, in one currency for the whole file.
models:
  - {id: small, upstream: local, upstream_model: smollm2-135m, price: {input: 0.02, output: 0.06}}
  - {id: large, upstream: openai, upstream_model: gpt-5, price: {input: 1.25, output: 10}}

# The router that `wend train --out runs/a` leaves (runs/latest points at the newest).
router: {artifact: runs/latest}

# cost, balanced, quality, or the weight of quality from 0 to 1.
policy: {preference: balanced}
)";
}

Result<std::string> write_example_config(const std::string& folder, Overwrite overwrite) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fail(Code::kPermissionDenied, "make folder '{}': {}", folder, error.message());
  }
  const std::string path =
      (std::filesystem::path(folder) / "wend.yaml").lexically_normal().string();
  if (overwrite == Overwrite::kNo && std::filesystem::exists(path)) {
    return fail(Code::kAlreadyExists, "'{}' exists; --force writes over it", path);
  }
  TRY(base::write_file_atomically(path, example_config()));
  return path;
}

std::string config_reference() {
  Config defaults;
  std::string page =
      "# Every key of wend.yaml\n\n"
      "Written by `wend config --markdown`; a test compares it. `--set KEY=VALUE` overrides a key "
      "for one run; items of "
      "a list are addressed by position, as in `models.0.id`, and a name with dots stands in "
      "quotation marks, as in `--set 'upstreams.\"a.b\".base_url=URL'`.\n\n"
      "| key | default | what it is |\n|---|---|---|\n";
  for (const base::ConfigKey& key :
       base::list_config_keys([&](base::ConfigVisitor& visitor) { defaults.fields(visitor); })) {
    const std::string value = key.default_value.empty() ? "" : "`" + key.default_value + "`";
    page += fmt::format("| `{}` | {} | {} |\n", key.key, value, key.doc);
  }
  return page;
}

}  // namespace wend::trips

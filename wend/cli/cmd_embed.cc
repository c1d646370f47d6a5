// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "wend/base/file.h"
#include "wend/cli/line_source.h"
#include "wend/cli/number_option.h"
#include "wend/cli/prompt_line.h"
#include "wend/cli/verbs.h"
#include "wend/trips/embed.h"

namespace wend::cli {

using base::Code;
using base::fail;
using base::Result;
using base::Status;

namespace {

constexpr std::uint64_t kFewestTokens = 3;  // One of the text between the two special ones.

struct EmbedOptions {
  std::string in = "-";
  std::string out = "-";
  std::string field = "prompt";
  std::string mode = "auto";
  bool ids = false;
  bool raw = false;
  std::optional<std::size_t> max_tokens;
};

struct Input {
  std::vector<std::string> texts;
  std::vector<std::string> ids_json;
};

Result<Input> read_input(const EmbedOptions& options) {
  LineSource source = TRY(LineSource::open(options.in));
  Input input;
  for (;;) {
    const std::vector<LineSource::Line> lines = TRY(source.next_batch(4096));
    if (lines.empty()) {
      return input;
    }
    for (const LineSource::Line& line : lines) {
      PromptLine prompt;
      if (Status parsed = parse_prompt_line(line.text, options.field, prompt); !parsed) {
        base::Error error = parsed.error();
        error.message = fmt::format("{}:{}: {}", options.in, line.number, error.message);
        error.code = Code::kFailedPrecondition;
        error.place = {options.in, line.number};
        return tl::unexpected(std::move(error));
      }
      input.texts.push_back(std::move(prompt.prompt));
      input.ids_json.push_back(std::move(prompt.id_json));
    }
  }
}

std::string vector_lines(const Input& input, const trips::EmbeddedTexts& embedded) {
  std::string lines;
  for (std::size_t i = 0; i < input.texts.size(); ++i) {
    lines += fmt::format("{{\"id\":{},\"embedding\":[{}],\"tokens\":{}}}\n",
                         input.ids_json[i],
                         fmt::join(embedded.vectors.row(i), ","),
                         embedded.tokens[i]);
  }
  return lines;
}

std::string id_lines(const Input& input, const std::vector<encoder::TokenIds>& ids) {
  std::string lines;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    lines += fmt::format("{{\"id\":{},\"ids\":[{}]}}\n", input.ids_json[i], fmt::join(ids[i], ","));
  }
  return lines;
}

Status write_output(const std::string& out, const std::string& content) {
  if (out != "-") {
    return base::write_file_atomically(out, content);
  }
  if (std::fwrite(content.data(), 1, content.size(), stdout) != content.size()) {
    return fail(Code::kUnavailable, "write to stdout: {}", std::strerror(errno));
  }
  return {};
}

Status check(const EmbedOptions& options) {
  if (options.mode != "auto" && options.mode != "exact") {
    return fail(Code::kInvalidArgument,
                "--mode {}: this version computes in float32; expected auto or exact",
                options.mode);
  }
  if (options.ids && options.out.ends_with(".npy")) {
    return fail(Code::kInvalidArgument,
                "--ids: lists of ids differ in length; expected --out FILE.jsonl or -");
  }
  if (options.ids && options.raw) {
    return fail(Code::kInvalidArgument,
                "--ids with --raw: ids are no vectors; expected one of the two");
  }
  if (options.out != "-" && !options.out.ends_with(".npy") && !options.out.ends_with(".jsonl")) {
    return fail(
        Code::kInvalidArgument, "--out {}: expected FILE.npy, FILE.jsonl or -", options.out);
  }
  return options.out == "-" ? Status() : base::check_writable(options.out);
}

struct Summary {
  std::size_t rows = 0;
  std::optional<std::size_t> dim;  ///< Unset where there are no vectors.
  std::size_t truncated = 0;
  std::string encoder_sha256;
  double seconds = 0;
};

/// The summary goes to stdout, or to stderr where stdout carries the vectors.
void print_summary(const Summary& summary, const Globals& globals, bool stdout_is_taken) {
  std::FILE* stream = stdout_is_taken ? stderr : stdout;
  if (globals.json) {
    nlohmann::ordered_json object = {{"rows", summary.rows}};
    if (summary.dim) {
      object["dim"] = *summary.dim;
    }
    object["truncated"] = summary.truncated;
    object["encoder_sha256"] = summary.encoder_sha256;
    object["mode"] = "exact";
    object["seconds"] = summary.seconds;
    fmt::print(stream, "{}\n", object.dump());
  } else if (!globals.quiet) {
    fmt::print(stream,
               "{} texts,{} {} cut, {:.2f} s ({:.0f} texts/s)\n",
               summary.rows,
               summary.dim ? fmt::format(" {} dimensions,", *summary.dim) : "",
               summary.truncated,
               summary.seconds,
               static_cast<double>(summary.rows) / std::max(summary.seconds, 1e-9));
  }
}

Status embed(const Globals& globals, const EmbedOptions& options) {
  TRY(check(options));
  const trips::LoadedConfig loaded = TRY(load_config(globals));
  auto embedder = TRY(trips::TextEmbedder::open(trips::encoder_folder(loaded.config.encoder)));
  const Input input = TRY(read_input(options));
  const auto begun = std::chrono::steady_clock::now();
  Summary summary{input.texts.size(), {}, 0, embedder.encoder_sha256(), 0};
  std::string content;
  if (options.ids) {
    const trips::TokenisedTexts tokenised = TRY(
        trips::token_ids(embedder, input.texts, options.max_tokens.value_or(0), globals.threads));
    summary.truncated = tokenised.truncated;
    content = id_lines(input, tokenised.ids);
  } else {
    const auto scale = options.raw ? trips::VectorScale::kRaw : trips::VectorScale::kUnit;
    const auto progress = make_progress(globals);
    const trips::EmbeddedTexts embedded = TRY(trips::embed_texts(
        embedder,
        input.texts,
        {options.max_tokens.value_or(trips::kRoutingTokens), scale, globals.threads},
        progress.get()));
    summary.dim = embedded.vectors.columns();
    summary.truncated = embedded.truncated;
    content = options.out.ends_with(".npy") ? trips::npy_image(embedded.vectors)
                                            : vector_lines(input, embedded);
  }
  TRY(write_output(options.out, content));
  summary.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  print_summary(summary, globals, options.out == "-");
  return {};
}

}  // namespace

Run declare_embed(CLI::App& verb, const Globals& globals) {
  auto options = std::make_shared<EmbedOptions>();
  verb.add_option("--in", options->in, "JSONL with one text a line, or - for stdin")
      ->capture_default_str();
  verb.add_option("--out", options->out, "FILE.npy, FILE.jsonl, or - for JSON lines on stdout")
      ->capture_default_str();
  verb.add_option("--field", options->field, "The key that holds the text")->capture_default_str();
  verb.add_flag(
      "--ids", options->ids, "Token ids instead of vectors, uncut unless --max-tokens is given");
  verb.add_flag("--raw", options->raw, "Mean-pooled vectors without L2 normalisation");
  verb.add_option("--mode", options->mode, "auto or exact (float32)")->capture_default_str();
  take_whole_number(
      verb.add_option(
          "--max-tokens", options->max_tokens, "Cut on the right at so many ids (default 256)"),
      {kFewestTokens});
  return interruptible([options, &globals] { return exit_zero(embed(globals, *options)); },
                       "nothing was written");
}

}  // namespace wend::cli

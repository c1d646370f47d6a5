// SPDX-License-Identifier: Apache-2.0
//   specs  = "all" | spec { "," spec }
//   spec   = name [ "{" [ option { "," option } ] "}" ]
//   option = key "=" value        (a value holds no comma and no closing brace)
#include "wend/routers/spec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wend/base/suggest.h"

namespace wend::routers {
namespace {

using base::Code;

/// Whether "all" means it: a single model needs its id, the agentic ones labels or task texts that
/// are worth it, prompt_llm money, the finerouters tasks that are found first, so they must be
/// named.
enum class InAll { kYes, kNo };

struct Known {
  std::string_view name;
  InAll in_all;
};

constexpr std::array<Known, 19> kRouters = {{{"random", InAll::kYes},
                                             {"smallest", InAll::kYes},
                                             {"largest", InAll::kYes},
                                             {"adaptive", InAll::kYes},
                                             {"best_static", InAll::kYes},
                                             {"zero", InAll::kYes},
                                             {"task_oracle", InAll::kYes},
                                             {"oracle", InAll::kYes},
                                             {"model", InAll::kNo},
                                             {"knn", InAll::kYes},
                                             {"ridge", InAll::kYes},
                                             {"metric", InAll::kYes},
                                             {"trouter", InAll::kYes},
                                             {"agentic_free", InAll::kNo},
                                             {"agentic", InAll::kNo},
                                             {"prompt_llm", InAll::kNo},
                                             {"finerouter", InAll::kYes},
                                             {"finerouter_tasks", InAll::kNo},
                                             {"finerouter_general", InAll::kNo}}};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// The parts between commas that stand outside braces, trimmed.
std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (text[i] == ',' && depth == 0)) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    } else if (text[i] == '{') {
      ++depth;
    } else if (text[i] == '}' && depth > 0) {
      --depth;
    }
  }
  return parts;
}

base::Status read_options(std::string_view text, RouterSpec& spec) {
  if (trimmed(text).empty()) {
    return {};
  }
  for (const std::string_view part : split_at_commas(text)) {
    const std::size_t equals = part.find('=');
    const std::string_view key = trimmed(part.substr(0, equals));
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : trimmed(part.substr(equals + 1));
    if (key.empty() || value.empty()) {
      return base::fail(Code::kInvalidArgument,
                        "router '{}': '{}' is no option; expected key=value, as in knn{{k=40}}",
                        spec.text,
                        part);
    }
    if (!spec.options.emplace(key, value).second) {
      return base::fail(
          Code::kInvalidArgument, "router '{}': option '{}' stands twice", spec.text, key);
    }
  }
  return {};
}

base::Status check_name(const RouterSpec& spec) {
  const std::vector<std::string>& names = router_names();
  if (std::find(names.begin(), names.end(), spec.name) != names.end()) {
    return {};
  }
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return base::fail(Code::kInvalidArgument,
                    "router '{}' is unknown{}; expected one of {}",
                    spec.name,
                    base::did_you_mean(spec.name, names),
                    list);
}

}  // namespace

base::Result<RouterSpec> parse_router_spec(std::string_view text) {
  RouterSpec spec;
  spec.text = trimmed(text);
  const std::string_view typed = spec.text;
  const std::size_t brace = typed.find('{');
  spec.name = trimmed(typed.substr(0, brace));
  TRY(check_name(spec));
  if (brace == std::string_view::npos) {
    return spec;
  }
  if (typed.find('}') != typed.size() - 1) {
    return base::fail(Code::kInvalidArgument,
                      "router '{}': expected one closing brace at the end, as in {}{{key=value}}",
                      spec.text,
                      spec.name);
  }
  TRY(read_options(typed.substr(brace + 1, typed.size() - brace - 2), spec));
  return spec;
}

base::Result<std::vector<RouterSpec>> parse_router_specs(std::string_view text) {
  std::vector<RouterSpec> specs;
  if (trimmed(text) == "all") {
    for (const Known& known : kRouters) {
      if (known.in_all == InAll::kYes) {
        specs.push_back(TRY(parse_router_spec(known.name)));
        specs.back().named = Named::kByAll;
      }
    }
    return specs;
  }
  for (const std::string_view part : split_at_commas(text)) {
    RouterSpec spec = TRY(parse_router_spec(part));
    const bool twice = std::any_of(specs.begin(), specs.end(), [&](const RouterSpec& other) {
      return other.text == spec.text;
    });
    if (twice) {
      return base::fail(Code::kInvalidArgument, "router '{}' is listed twice", spec.text);
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

const std::vector<std::string>& router_names() {
  static const std::vector<std::string> kNames = [] {
    std::vector<std::string> names;
    for (const Known& known : kRouters) {
      names.emplace_back(known.name);
    }
    return names;
  }();
  return kNames;
}

}  // namespace wend::routers

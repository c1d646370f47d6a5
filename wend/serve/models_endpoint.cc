// SPDX-License-Identifier: Apache-2.0
#include "wend/serve/models_endpoint.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "wend/serve/model_name.h"
#include "wend/serve/openai_error.h"

namespace wend::serve {
namespace {

using nlohmann::ordered_json;

ordered_json entry(std::string_view id, std::string_view owner) {
  return {{"id", id}, {"object", "model"}, {"created", 0}, {"owned_by", owner}};
}

ordered_json pool_entry(const Snapshot& snapshot, const ServedModel& model) {
  ordered_json object = entry(model.id, snapshot.upstreams[model.upstream].name);
  object["context_window"] = model.context ? ordered_json(*model.context) : ordered_json(nullptr);
  object["tool_calling"] = model.can_tools;
  object["vision"] = model.can_vision;
  return object;
}

ordered_json all_entries(const Snapshot& snapshot) {
  ordered_json list = ordered_json::array();
  if (snapshot.route) {
    for (const std::string_view name : kVirtualModels) {
      list.push_back(entry(name, "wend"));
    }
  }
  for (const ServedModel& model : snapshot.models) {
    list.push_back(pool_entry(snapshot, model));
  }
  return list;
}

net::HttpResponse json_response(const ordered_json& document) {
  return {200,
          {{"content-type", "application/json"}},
          document.dump(-1, ' ', false, ordered_json::error_handler_t::replace)};
}

net::HttpResponse one_model(const Snapshot& snapshot, std::string_view id) {
  for (const ordered_json& model : all_entries(snapshot)) {
    if (model["id"].get<std::string_view>() == id) {
      return json_response(model);
    }
  }
  return error_response(invalid_request(
      404, fmt::format("the model '{}' does not exist", id), "model", "model_not_found"));
}

}  // namespace

base::Task<int> answer_models(Services&, net::HttpExchange& exchange, Admitted admitted) {
  constexpr std::string_view kAll = "/v1/models";
  const std::string_view path = exchange.request().head.path();
  net::HttpResponse response =
      path == kAll ? json_response({{"object", "list"}, {"data", all_entries(*admitted.snapshot)}})
                   : one_model(*admitted.snapshot, path.substr(kAll.size() + 1));
  const int status = response.status;
  const base::Status sent = co_await exchange.respond(std::move(response));
  co_return sent ? status : 499;
}

}  // namespace wend::serve

// SPDX-License-Identifier: Apache-2.0
// What is kept of a synthesis: its questions as a collection, and how it came about as a record
// (docs/formats/synthesis.md).
#pragma once

#include <string>
#include <vector>

#include "wend/base/result.h"
#include "wend/data/dataset.h"
#include "wend/synth/settings.h"
#include "wend/synth/synthesis.h"

namespace wend::trips {

/// The collection: each question labelled with its leaf, its id the leaf's and a digest of its
/// text, its metric `judge`.
data::Dataset dataset_of(const synth::Synthesis& synthesis, const std::string& name);

/// Ids of the synthesised questions of a collection (told by their ids: what somebody else put into
/// it is left alone) that are not among those that were made. Needs `made` in the order of ids.
std::vector<std::string> no_longer_made(const data::Dataset& before, const data::Dataset& made);

/// How many of these queries have outcomes. Needs both in the order of ids.
std::size_t count_answered(const data::Dataset& dataset, const std::vector<std::string>& ids);

/// The record, a JSON object.
std::string record_of(const synth::Synthesis& synthesis,
                      const synth::Settings& settings,
                      const synth::Generator& generator);

/// The model that wrote the collection; empty where the record does not say.
std::string generator_of(const std::string& record);

/// The names of inputs in which the record was made otherwise than is asked for now. How many shots
/// are wanted is none.
base::Result<std::vector<std::string>> other_inputs(const std::string& record,
                                                    const synth::Settings& settings,
                                                    const synth::Generator& generator);

}  // namespace wend::trips

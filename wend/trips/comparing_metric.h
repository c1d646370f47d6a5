// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "wend/core/query.h"

namespace wend::trips {

/// The metric by which a program can compare a reply with the query's reference: the query's own,
/// or, where it has one that only a model can apply, "numeric" of a reference that is a bare number
/// ("-1,250.5", "40 %", "$3") and "multiple_choice" of one that is a letter ("B", "(B)") among the
/// question's options. Empty where there is none.
std::string comparing_metric(core::QueryRecord query);

}  // namespace wend::trips

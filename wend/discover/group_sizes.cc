// SPDX-License-Identifier: Apache-2.0
#include "wend/discover/group_sizes.h"

#include <algorithm>
#include <vector>

namespace wend::discover {
namespace {

struct Group {
  std::size_t first = 0;  // member
  std::size_t size = 0;
  std::int32_t old_number = 0;
};

/// Those with members, in the order of their numbers.
std::vector<Group> groups_of(std::span<const std::int32_t> group) {
  const auto highest = std::ranges::max_element(group);
  std::vector<Group> groups(
      highest == group.end() ? 0 : static_cast<std::size_t>(std::max(*highest + 1, 0)));
  for (std::size_t member = 0; member < group.size(); ++member) {
    if (group[member] >= 0) {
      Group& own = groups[static_cast<std::size_t>(group[member])];
      own.first = own.size++ == 0 ? member : own.first;
      own.old_number = group[member];
    }
  }
  std::erase_if(groups, [](const Group& one) { return one.size == 0; });
  return groups;
}

}  // namespace

std::size_t number_by_size(std::span<std::int32_t> group, std::size_t least) {
  constexpr std::int32_t kDissolved = -1;
  std::vector<Group> groups = groups_of(group);
  std::vector<std::int32_t> number(
      groups.empty() ? 0 : static_cast<std::size_t>(groups.back().old_number) + 1, kDissolved);
  std::erase_if(groups, [&](const Group& one) { return one.size < least; });
  std::ranges::sort(groups, [](const Group& a, const Group& b) {
    return a.size != b.size ? a.size > b.size : a.first < b.first;
  });
  for (std::size_t i = 0; i < groups.size(); ++i) {
    number[static_cast<std::size_t>(groups[i].old_number)] = static_cast<std::int32_t>(i);
  }
  for (std::int32_t& of_member : group) {
    of_member = of_member < 0 ? kDissolved : number[static_cast<std::size_t>(of_member)];
  }
  return groups.size();
}

}  // namespace wend::discover

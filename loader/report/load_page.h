// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/report/load_record.h"

#include <span>
#include <string>

namespace retromod {

/// One page of loads that needs nothing beside it: image, struct module, relocations, modules, time line, log, code. Two records
/// stand side by side, where there is room: the two ABIs; more stand one below the other: a machine's modules.
std::string load_page(std::span<const LoadRecord> records, std::string_view title);

/// The parts of one record, for load_page. `id` begins all ids; every part has the id `id-PART`.
std::string verdict_part(const LoadRecord& record);
std::string image_part(const LoadRecord& record, const std::string& id);
std::string struct_part(const LoadRecord& record, const std::string& id);
std::string relocations_part(const LoadRecord& record, const std::string& id);
std::string modules_part(const LoadRecord& record, const std::string& id);
std::string moments_part(const LoadRecord& record, const std::string& id);
std::string log_part(const LoadRecord& record, const std::string& id);
std::string code_part(const LoadRecord& record, const std::string& id);

/// How many relocations have a row of their own, which code can lead to.
constexpr std::size_t most_relocations = 2500;

} // namespace retromod

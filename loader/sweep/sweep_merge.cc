// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/sweep_merge.h"

#include "loader/sweep/sweep_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {

MergedResults merge_sweep_results(const std::vector<std::string>& paths)
{
    MergedResults merged;
    std::map<std::string, std::string> files; // by shard
    std::uint64_t shards = 1;
    for (const auto& path : paths) {
        auto results = read_sweep_results(path);
        if (files.empty()) merged.header = results.header;
        if (!results.header.same_sweep(merged.header))
            throw std::runtime_error(fmt::format("{}: another sweep's results than in {}", path, paths.front()));
        const auto shard = read_shard(results.header.shard);
        if (!shard) throw std::runtime_error(fmt::format("{}:1: '{}' is no shard", path, results.header.shard));
        if (!files.empty() && shard->count != shards)
            throw std::runtime_error(
                fmt::format("{}: shard {}, but {} was cut into {}", path, results.header.shard, paths.front(), shards));
        shards = shard->count;
        const auto [known, fresh] = files.emplace(results.header.shard, path);
        if (!fresh) throw std::runtime_error(fmt::format("{}: shard {} is in {} too", path, results.header.shard, known->second));
        if (results.rows.size() < results.header.modules)
            merged.missing.push_back(fmt::format("{}: {} of {} modules done", path, results.rows.size(), results.header.modules));
        std::ranges::move(results.rows, std::back_inserter(merged.rows));
    }
    constexpr std::uint64_t most_named = 20;
    for (std::uint64_t i = 1; i <= shards && merged.missing.size() < most_named; ++i)
        if (!files.contains(fmt::format("{}/{}", i, shards)))
            merged.missing.push_back(fmt::format("shard {}/{} is missing", i, shards));
    std::ranges::stable_sort(merged.rows, {}, &SweepRow::file);
    return merged;
}

} // namespace retromod

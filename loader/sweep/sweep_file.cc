// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/sweep_file.h"

#include "emu/machine/host_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <sys/file.h>

namespace retromod {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* header_key = "sweep";

std::string to_json(const SweepHeader& header)
{
    const Json json{{"folder", header.folder}, {"machine", header.machine}, {"verdicts", header.verdicts},
                    {"shard", header.shard}, {"modules", header.modules}};
    return Json{{header_key, json}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

SweepHeader header_from_json(const std::string& text)
{
    const auto json = Json::parse(text).at(header_key);
    return {json.at("folder"), json.at("machine"), json.at("verdicts"), json.at("shard"), json.at("modules")};
}

std::runtime_error cannot(const std::string& path, const std::string& why)
{
    return std::runtime_error(fmt::format("{}: {}", path, why));
}

/// In what two headers differ, for people.
std::string difference(const SweepHeader& there, const SweepHeader& wanted)
{
    const std::pair<const char*, std::pair<std::string, std::string>> members[] = {
        {"folder", {there.folder, wanted.folder}},       {"machine", {there.machine, wanted.machine}},
        {"verdicts", {there.verdicts, wanted.verdicts}}, {"shard", {there.shard, wanted.shard}},
        {"modules", {std::to_string(there.modules), std::to_string(wanted.modules)}},
    };
    for (const auto& [name, values] : members)
        if (values.first != values.second) return fmt::format("{} '{}', not '{}'", name, values.first, values.second);
    return "";
}

} // namespace

SweepResults read_sweep_results(const std::string& path)
{
    std::istringstream file(read_host_text(path));
    SweepResults results;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
        if (file.eof()) break; // no newline behind it: cut off
        try {
            if (number == 1) results.header = header_from_json(line);
            else results.rows.push_back(sweep_row_from_json(line));
        } catch (const Json::exception&) {
            throw cannot(path, fmt::format("{}: no header of a sweep's results", number));
        } catch (const std::runtime_error& error) {
            throw cannot(path, fmt::format("{}: {}", number, error.what()));
        }
        results.whole_bytes += line.size() + 1;
    }
    if (!results.whole_bytes) throw cannot(path, "no results of a sweep in it");
    return results;
}

SweepFile::SweepFile(const std::string& path, const SweepHeader& header) : path_(path)
{
    file_.reset(std::fopen(path.c_str(), "ae"));
    if (!file_) throw cannot(path, std::strerror(errno));
    // Two sweeps that write one file would each do all of it.
    if (flock(fileno(file_.get()), LOCK_EX | LOCK_NB) != 0) throw cannot(path, "another sweep writes it");
    std::error_code unknown;
    if (!std::filesystem::file_size(path, unknown)) {
        write_line(to_json(header));
        return;
    }
    auto results = read_sweep_results(path);
    if (!(results.header == header)) throw cannot(path, "holds another sweep's results: " + difference(results.header, header));
    std::filesystem::resize_file(path, results.whole_bytes);
    done_ = std::move(results.rows);
}

void SweepFile::add(const SweepRow& row) { write_line(retromod::to_json(row)); }

void SweepFile::write_line(const std::string& line)
{
    if (std::fputs((line + "\n").c_str(), file_.get()) < 0 || std::fflush(file_.get()) != 0)
        throw cannot(path_, std::strerror(errno));
}

} // namespace retromod

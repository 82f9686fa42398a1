// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/modern_bases.h"

#include "emu/machine/host_text.h"
#include "loader/scenario/scenario.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

namespace retromod {
namespace {

/// A file kept in the program: images/modern/embed.py writes the table, "RELEASE/NAME" each.
struct EmbeddedFile {
    const char* name;
    const std::byte* begin;
    const std::byte* end;
};
extern "C" const EmbeddedFile retromod_modern_bases[];
extern "C" const std::size_t retromod_modern_base_count;

std::span<const std::byte> find_embedded(std::string_view name)
{
    for (const auto& file : std::span(retromod_modern_bases, retromod_modern_base_count))
        if (name == file.name) return {file.begin, file.end};
    return {};
}

std::vector<std::byte> read_file(const std::filesystem::path& path)
{
    const auto text = read_host_text(path);
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

} // namespace

std::vector<std::byte> ModernBases::find(std::string_view release, const std::string& name) const
{
    const auto file = name.find('.') == name.npos && !name.starts_with("ext/") ? name + ".ko" : name;
    if (folder_.empty()) {
        const auto content = find_embedded(std::string(release) + "/" + file);
        if (!content.data()) throw ScenarioError(fmt::format("there is no base module {} for {}", name, release));
        return {content.begin(), content.end()};
    }
    for (const auto& folder : {std::filesystem::path(folder_) / release, std::filesystem::path(folder_)})
        for (const auto& spelling : {file, name})
            if (std::filesystem::is_regular_file(folder / spelling)) return read_file(folder / spelling);
    throw ScenarioError(fmt::format("{} has no base module {}", folder_, name));
}

std::string_view ModernBases::trusted_key()
{
    const auto key = find_embedded("build.pem");
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

} // namespace retromod

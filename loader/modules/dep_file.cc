// SPDX-License-Identifier: GPL-2.0-or-later
// modules.dep of modutils: which module needs which. Source: modutils 2.4 modprobe.c, depmod.c.
#include "loader/modules/dep_file.h"

#include "loader/modules/conf_lines.h"
#include "loader/modules/module_walk.h"

#include <fmt/format.h>

namespace retromod {

void DepFile::add(DepModule module)
{
    by_path_.try_emplace(module.path, modules_.size());
    by_key_[module.key].push_back(modules_.size());
    modules_.push_back(std::move(module));
}

const DepModule* DepFile::by_path(std::string_view path) const
{
    const auto found = by_path_.find(std::string(path));
    return found == by_path_.end() ? nullptr : &modules_[found->second];
}

const DepModule* DepFile::by_key(std::string_view key) const
{
    const auto found = by_key_.find(std::string(key));
    return found == by_key_.end() ? nullptr : &modules_[found->second.front()];
}

const DepModule* DepFile::next_of_key(const DepModule& module) const
{
    const auto index = static_cast<std::size_t>(&module - modules_.data());
    const auto found = by_key_.find(module.key);
    if (found == by_key_.end()) return nullptr;
    for (const auto other : found->second)
        if (other > index) return &modules_[other];
    return nullptr;
}

std::optional<DepFile> parse_dep_file(std::string_view text, const Speech& speech)
{
    constexpr std::string_view blanks = " \t\n\v\f\r";
    DepFile file;
    ConfLines lines(text, text.size());
    while (const auto line = lines.next()) {
        const auto begin = line->find_first_not_of(blanks);
        if (begin == std::string::npos) continue;
        const auto end = line->find_first_of(": \t", begin);
        if (end == std::string::npos || (*line)[end] != ':') {
            speech.error(fmt::format("line {}: Invalid dependency\n\t{}", lines.number(), *line));
            return std::nullopt;
        }
        DepModule module{.path = line->substr(begin, end - begin), .key = {}, .dependencies = {}};
        module.key = module_key(module.path);
        for (auto at = line->find_first_not_of(blanks, end + 1); at != std::string::npos;) {
            const auto stop = std::min(line->find_first_of(blanks, at), line->size());
            module.dependencies.push_back(line->substr(at, stop - at));
            at = line->find_first_not_of(blanks, stop);
        }
        file.add(std::move(module));
    }
    return file;
}

std::string dep_file_text(const std::vector<DepModule>& modules)
{
    std::string text;
    for (const auto& module : modules) {
        text += module.path + ":";
        for (std::size_t index = 0; index < module.dependencies.size(); ++index) {
            if (index != 0) text += " \\\n";
            text += "\t" + module.dependencies[index];
        }
        text += "\n\n";
    }
    return text;
}

} // namespace retromod

// SPDX-License-Identifier: GPL-2.0-or-later
// Modules of a machine as they lie in its memory.
#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/symbols.h"
#include "loader/modern/modern_kernel.h"
#include "loader/modern/rows.h"
#include "loader/report/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace retromod {
namespace {

/// Told by its name: the machine keeps no flags of sections.
std::string what_is_in(std::string_view section)
{
    if (section.find(".text") != section.npos) return "code";
    return section.starts_with(".ro") || section.starts_with(".note") || section.starts_with("__") ? "read only" : "data";
}

/// A section that insmod named in a symbol: __insmod_NAME_S.text_L132. Source: modutils 2.4 insmod.c, add_ksymoops_symbols.
std::optional<ShownSection> section_of(std::string_view symbol, const std::string& module, std::uint64_t address)
{
    const auto prefix = fmt::format("__insmod_{}_S", module);
    if (!symbol.starts_with(prefix)) return std::nullopt;
    const auto mark = symbol.rfind("_L");
    if (mark == symbol.npos || mark < prefix.size()) return std::nullopt;
    std::uint64_t size = 0;
    const auto digits = symbol.substr(mark + 2);
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    const auto name = symbol.substr(prefix.size(), mark - prefix.size());
    return ShownSection{std::string(name), address, size, what_is_in(name)};
}

void add_module(std::vector<LoadRecord>& records, Session& session, const ModuleView& view, const std::vector<ShownModule>& list)
{
    auto& kernel = session.kernel();
    const auto& layout = kernel.modules().layout();
    LoadRecord record;
    record.title = view.name();
    record.machine = machine_name(session);
    record.abi = "a module of this machine, as it lies in its memory";
    record.arch = &session.arch();
    record.base = record.header = view.address().value;
    record.size = view.get(ModuleField::size);
    record.verdict = fmt::format("{} is {}: {} bytes at {:#x}", record.title,
                                 view.flag(module_flag::running) ? "running" : "loaded, and not running", record.size, record.base);
    std::vector<PlacedSymbol> symbols;
    record.sections.push_back({".this", record.base, view.get(ModuleField::size_of_struct), "data"});
    for (const auto& row : kernel.machine().table<DebugSymbolRow>()) {
        if (row.module != record.base) continue;
        if (auto section = section_of(row_text(row.name), record.title, row.address))
            record.sections.push_back(std::move(*section));
    }
    const auto end = record.base + record.size;
    std::erase_if(record.sections, [&](const ShownSection& section) {
        return section.address < record.base || section.size > record.size || section.address + section.size > end;
    });
    if (const auto symbols_at = view.get(ModuleField::syms);
        symbols_at && view.get(ModuleField::nsyms) * layout.symbol_bytes() < record.size)
        record.sections.push_back({"__ksymtab", symbols_at, view.get(ModuleField::nsyms) * layout.symbol_bytes(), "read only"});
    for (const auto& row : kernel.machine().table<DebugSymbolRow>()) {
        if (row.module != record.base) continue;
        for (const auto& section : record.sections)
            if (row.address >= section.address && row.address - section.address < section.size)
                symbols.push_back({std::string(row_text(row.name)), row.address, section.name});
    }
    std::vector<std::byte> image(record.size);
    image.resize(kernel.memory().read(view.address(), image));
    add_functions(record, kernel.cpu(), image, symbols);
    for (int i = 0; i < static_cast<int>(ModuleField::count_); ++i) {
        const auto field = static_cast<ModuleField>(i);
        if (!layout.has(field) || !view.has(field)) continue;
        ShownMember member{
            std::string(module_field_name(field)), layout.field(field).offset, layout.field(field).size, {}, {}, {}, false};
        member.now = view.get(field);
        if (*member.now > kernel.arch().task_size.value) {
            member.meaning = meaning_of(record, symbols, *member.now);
            if (member.meaning.empty()) member.meaning = kernel.symbols().describe({*member.now});
            member.is_pointer = true;
        }
        record.members.push_back(std::move(member));
    }
    record.modules = list;
    for (auto& module : record.modules)
        module.is_subject = module.name == record.title;
    records.push_back(std::move(record));
}

/// One of a machine since 2.6: it keeps where the sections lie, and no symbols but exported ones.
void add_modern_module(std::vector<LoadRecord>& records, Session& session, const ModernModuleRow& row,
                       const std::vector<ShownModule>& list)
{
    auto& kernel = session.kernel();
    auto& modern = ModernKernel::of(kernel);
    LoadRecord record;
    record.title = row_text(row.name);
    record.machine = machine_name(session);
    record.abi = "a module of this machine, as it lies in its memory";
    record.arch = &session.arch();
    record.header = row.address;
    const auto number = kernel.machine().table<ModernModuleRow>().number_of(row);
    std::uint64_t low = ~std::uint64_t{0}, high = 0;
    for (const auto& section : kernel.machine().table<ModernSectionRow>()) {
        const bool stays = !kernel.memory().bytes({section.address}, Access::read).empty(); // init sections are gone
        if (section.module != number || !section.bytes || !stays) continue;
        const auto name = std::string(row_text(section.name));
        record.sections.push_back({name, section.address, section.bytes, what_is_in(name)});
        low = std::min(low, section.address);
        high = std::max(high, section.address + section.bytes);
    }
    record.base = record.sections.empty() ? row.address : low;
    record.size = record.sections.empty() ? 0 : high - low;
    record.verdict = fmt::format("{} is {}: {} bytes from {:#x}", record.title,
                                 row.state == ModuleState::live ? "live" : "loading or going", record.size, record.base);
    constexpr std::uint64_t most_bytes = 64 << 20; // of one image
    std::vector<std::byte> image(std::min(record.size, most_bytes));
    for (const auto& section : record.sections)
        if (section.address + section.size - low <= image.size())
            kernel.memory().read({section.address}, std::span(image).subspan(section.address - low, section.size));
    add_functions(record, kernel.cpu(), image, {});
    for (const auto& member : modern.rules().members) {
        ShownMember shown{std::string(member.name), member.offset, member.size, {}, {}, {}, false};
        if (member.name == "name") shown.meaning = fmt::format("\"{}\"", record.title);
        if (member.size <= kernel.arch().word_bytes)
            shown.now = kernel.memory().load_sized(GuestAddr{row.address} + member.offset, member.size);
        if (shown.now && *shown.now) shown.meaning = meaning_of(record, {}, *shown.now);
        shown.is_pointer = shown.now && !shown.meaning.empty();
        record.members.push_back(std::move(shown));
    }
    record.modules = list;
    records.push_back(std::move(record));
}

} // namespace

std::vector<LoadRecord> record_loaded_modules(Session& session)
{
    constexpr std::size_t most_modules = 64; ///< on one page
    auto& kernel = session.kernel();
    std::vector<LoadRecord> records;
    std::size_t left_out = 0;
    if (session.machine().release().modern) {
        const auto list = modern_modules_of(session);
        for (const auto* row : ModernKernel::of(kernel).modules()) {
            if (records.size() < most_modules)
                add_modern_module(records, session, *row, list);
            else
                ++left_out;
        }
    } else {
        const auto list = modules_of(kernel);
        kernel.modules().for_each([&](const ModuleView& view) {
            if (records.size() < most_modules)
                add_module(records, session, view, list);
            else
                ++left_out;
        });
    }
    if (left_out) records.back().notes.push_back(fmt::format("{} older modules are left out.", left_out));
    if (records.empty()) return records;
    std::istringstream text(kernel.log().text());
    for (std::string line; std::getline(text, line);)
        records.front().log.push_back(line);
    return records;
}

} // namespace retromod

// SPDX-License-Identifier: GPL-2.0-or-later
// A load since 2.6: kmod hands the file over, the kernel links it.
#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"
#include "loader/explain/modern_refusal.h"
#include "loader/kmod/kmod.h"
#include "loader/link/relocation.h"
#include "loader/link/relocation_formula.h"
#include "loader/modern/modern_kernel.h"
#include "loader/report/gather.h"
#include "loader/report/moment_recorder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace retromod {
namespace {

constexpr std::uint64_t widest_image = 64 << 20; ///< from a module's first section to its last, bytes

std::string file_name(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

std::string what_is_in(const ElfFile::Section& section)
{
    if (section.flags & elf::shf_execinstr) return "code";
    return section.flags & elf::shf_write ? "data" : "read only";
}

/// kmod's calls, with the checks of each noted on its moment.
class CheckedModernCalls final : public ModernCalls {
public:
    CheckedModernCalls(Session& session, LoadRecord& record, MomentRecorder& recorder)
        : session_(session), record_(record), recorder_(recorder), calls_(session.kernel(), session.calls())
    {
    }

    SyscallResult init_module(std::span<const std::byte> image, std::optional<std::string_view> params) override
    {
        return checked("init_module", [&] { return calls_.init_module(image, params); });
    }
    SyscallResult finit_module(std::span<const std::byte> file, std::optional<std::string_view> params,
                               std::uint32_t flags) override
    {
        return checked("finit_module", [&] { return calls_.finit_module(file, params, flags); });
    }
    SyscallResult delete_module(std::optional<std::string_view> name, std::uint32_t flags) override
    {
        return checked("delete_module", [&] { return calls_.delete_module(name, flags); });
    }
    ErrnoOr<std::string> read_file(std::string_view path) override { return calls_.read_file(path); }
    ErrnoOr<std::vector<std::string>> list_folder(std::string_view path) override { return calls_.list_folder(path); }
    const Arch& arch() const override { return calls_.arch(); }

private:
    template <class Call> SyscallResult checked(std::string_view name, Call call)
    {
        auto& kernel = session_.kernel();
        const auto before = kernel.log().position();
        const auto result = call();
        const auto log = kernel.log().since(before);
        const auto reason = modern_check(name, result, recorder_.ran(), log, kernel.arch());
        if (result.failed(kernel.arch())) record_.reasons.push_back(fmt::format("{}: {}", name, reason));
        auto* moment = recorder_.last_call();
        if (!moment) return result;
        const MadeCall made{.call = name, .result = result, .ran = recorder_.ran(), .log = log, .reason = reason};
        for (const auto& row : modern_checks_of(made, ModernKernel::of(kernel).rules(), kernel.arch()))
            moment->checks.push_back({std::string(row.text), row.state, row.state == CheckState::refused ? reason : std::string()});
        return result;
    }

    Session& session_;
    LoadRecord& record_;
    MomentRecorder& recorder_;
    ModernKernelCalls calls_;
};

/// Reads a module out of guest memory, where the kernel has just linked it.
class LinkedModule {
public:
    LinkedModule(Session& session, const ElfFile& file, LoadRecord& record)
        : kernel_(session.kernel()), modern_(ModernKernel::of(kernel_)), file_(file), record_(record)
    {
    }

    bool is_taken() const { return !record_.sections.empty(); }
    std::string name_of(std::uint64_t address) const { return meaning_of(record_, symbols_, address); }

    void take(const ModernModuleRow& module)
    {
        place_sections(kernel_.machine().table<ModernModuleRow>().number_of(module));
        if (!is_taken()) return;
        read_image();
        read_symbols();
        read_relocations();
        add_functions(record_, kernel_.cpu(), image_, symbols_);
        read_struct_module(module);
    }

    /// The sections of the file one behind the other, where the kernel never placed them.
    void take_file()
    {
        record_.base = 0;
        for (const auto& section : file_.sections()) {
            if (!(section.flags & elf::shf_alloc) || !section.size) continue;
            const auto alignment = std::max<std::uint64_t>(section.alignment, 1);
            const auto at = (image_.size() + alignment - 1) / alignment * alignment;
            if (section.size > widest_image || at + section.size > widest_image) return;
            places_[section.index] = at;
            image_.resize(at + section.size);
            std::ranges::copy(section.contents.first(std::min<std::uint64_t>(section.contents.size(), section.size)),
                              image_.begin() + static_cast<std::ptrdiff_t>(at));
            record_.sections.push_back({std::string(section.name), at, section.size, what_is_in(section)});
        }
        record_.size = image_.size();
        read_symbols();
        add_functions(record_, kernel_.cpu(), image_, symbols_);
    }

private:
    void place_sections(std::uint32_t number)
    {
        std::map<std::string, std::uint64_t> addresses;
        for (const auto& row : kernel_.machine().table<ModernSectionRow>())
            if (row.module == number) addresses.emplace(std::string(row_text(row.name)), row.address);
        std::uint64_t end = 0;
        for (const auto& section : file_.sections()) {
            const auto found = addresses.find(std::string(section.name));
            if (found == addresses.end() || !(section.flags & elf::shf_alloc) || !section.size) continue;
            places_[section.index] = found->second;
            record_.sections.push_back({std::string(section.name), found->second, section.size, what_is_in(section)});
            record_.base = record_.base ? std::min(record_.base, found->second) : found->second;
            end = std::max(end, found->second + section.size);
        }
        record_.size = end - record_.base;
    }

    void read_image()
    {
        if (record_.size > widest_image) return;
        image_.resize(record_.size);
        for (const auto& section : record_.sections)
            kernel_.memory().read({section.address}, std::span(image_).subspan(section.address - record_.base, section.size));
    }

    void read_symbols()
    {
        for (const auto& table : file_.sections()) {
            if (table.type != elf::sht_symtab) continue;
            const auto found = file_.symbols(table);
            if (!found) continue;
            all_ = *found;
            for (const auto& symbol : all_) {
                const auto place = places_.find(symbol.section);
                if (place == places_.end() || symbol.type == elf::stt_section || symbol.type == elf::stt_file) continue;
                symbols_.push_back(
                    {std::string(symbol.name), place->second + symbol.value, std::string(file_.sections()[symbol.section].name)});
            }
        }
    }

    void read_relocations()
    {
        const auto* rows = relocation_arch(kernel_.arch());
        if (!rows || image_.empty()) return;
        for (const auto& table : file_.sections()) {
            const auto place = places_.find(table.info);
            if ((table.type != elf::sht_rel && table.type != elf::sht_rela) || place == places_.end()) continue;
            const auto entries = file_.relocations(table);
            if (!entries) continue;
            for (const auto& entry : *entries)
                if (const auto* kind = rows->find(entry.type); kind && kind->field_bytes)
                    add(entry, *kind, table.info, place->second);
        }
    }

    /// The symbol's value follows from what the kernel left in the field.
    void add(const ElfFile::Relocation& entry, const RelocationKind& kind, std::uint32_t target, std::uint64_t address)
    {
        const auto& section = file_.sections()[target];
        const auto P = address + entry.offset;
        if (P < record_.base || P + kind.field_bytes > record_.base + record_.size) return;
        AppliedRelocation done;
        done.section = section.name;
        done.offset = entry.offset;
        done.type = entry.type;
        done.kind = kind.name;
        if (entry.symbol < all_.size()) done.symbol = all_[entry.symbol].name;
        done.field_bytes = kind.field_bytes;
        done.A = static_cast<std::uint64_t>(entry.addend);
        done.P = P;
        if (entry.offset + kind.field_bytes <= section.contents.size())
            done.before = load_unsigned(section.contents.data() + entry.offset, kind.field_bytes, kernel_.arch().order);
        done.after = load_unsigned(image_.data() + (P - record_.base), kind.field_bytes, kernel_.arch().order);
        const auto formula = relocation_formula(kind.name);
        const bool relative = formula.find('P') != formula.npos;
        const auto addend = kernel_.arch().relocation_form == RelocationForm::rel ? done.before : done.A;
        const auto extended = kind.field_bytes == 4 && kind.name != "R_X86_64_32"
                                  ? static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(done.after)))
                                  : done.after;
        done.S = kernel_.arch().word(extended - addend + (relative ? P : 0));
        record_.relocations.push_back(std::move(done));
    }

    void read_struct_module(const ModernModuleRow& module)
    {
        record_.header = module.address;
        auto members = std::vector<ModernMember>(modern_.rules().members.begin(), modern_.rules().members.end());
        std::ranges::sort(members, {}, &ModernMember::offset);
        for (const auto& member : members) {
            ShownMember shown{std::string(member.name), member.offset, member.size, {}, {}, {}, false};
            if (member.name == "name") shown.meaning = fmt::format("\"{}\"", row_text(module.name));
            if (member.size <= 8) shown.given = kernel_.memory().load_sized(GuestAddr{module.address} + member.offset, member.size);
            if (shown.given && *shown.given) shown.meaning = meaning_of(record_, symbols_, *shown.given);
            shown.is_pointer = !shown.meaning.empty() && member.size == kernel_.arch().word_bytes;
            record_.members.push_back(std::move(shown));
        }
    }

    Kernel& kernel_;
    ModernKernel& modern_;
    const ElfFile& file_;
    LoadRecord& record_;
    std::map<std::uint32_t, std::uint64_t> places_; ///< addresses by section number
    std::vector<std::byte> image_;
    std::vector<ElfFile::Symbol> all_;
    std::vector<PlacedSymbol> symbols_;
};

} // namespace

std::vector<ShownModule> modern_modules_of(Session& session)
{
    std::vector<ShownModule> modules;
    std::map<std::string, std::string> users;
    std::istringstream text(ModernKernel::of(session.kernel()).proc_modules(true));
    for (std::string line; std::getline(text, line);) {
        std::istringstream words(line);
        std::string name, size, count, used_by;
        words >> name >> size >> count >> used_by;
        modules.push_back({name, line.size() > name.size() ? line.substr(name.size() + 1) : std::string(), {}, false});
        users[name] = used_by;
    }
    for (const auto& [provider, list] : users) {
        std::istringstream names(list);
        for (std::string user; std::getline(names, user, ',');)
            for (auto& module : modules)
                if (module.name == user) module.uses.push_back(provider);
    }
    return modules;
}

LoadRecord record_modern_load(Session& session, const std::string& file, const std::vector<std::string>& arguments)
{
    auto& kernel = session.kernel();
    LoadRecord record;
    record.title = file_name(file);
    record.machine = machine_name(session);
    record.abi = "kmod hands the file over; the kernel links the module";
    record.arch = &session.arch();
    const auto name = kmod_module_name(file);
    const auto bytes = read_module_file(file, Unpacks::everything);
    if (!bytes) {
        record.refused = true;
        record.verdict = explain(bytes.problem(), file);
        return record;
    }
    const auto elf = ElfFile::open(bytes->bytes);
    std::optional<LinkedModule> linked;
    if (elf) linked.emplace(session, *elf, record);
    int status = 1;
    {
        MomentRecorder recorder(kernel, record);
        CheckedModernCalls calls(session, record, recorder);
        const auto take = [&] {
            // The module being loaded is the newest.
            const auto modules = ModernKernel::of(kernel).modules();
            if (linked && !linked->is_taken() && !modules.empty()) linked->take(*modules.front());
        };
        recorder.before_init = take;
        recorder.name_of = [&](std::uint64_t address) { return linked ? linked->name_of(address) : std::string(); };
        recorder.program(fmt::format("insmod {}{}{}", record.title, arguments.empty() ? "" : " ", fmt::join(arguments, " ")));
        const auto say = [&](std::string_view text) { recorder.said(text); };
        try {
            status = kmod_insmod_image({record.title, arguments, false, false}, bytes->bytes, calls, {say, say});
            if (status == 0) take();
        } catch (const CallStopped& stopped) {
            record.reasons.push_back(fmt::format("{} never returned: {}", stopped.call, stopped.outcome.what));
        }
        recorder.end(fmt::format("insmod ends with exit status {}", status), status != 0);
    }
    if (linked && !linked->is_taken()) {
        record.notes.push_back(
            "The kernel refused the file before it had placed its sections: they are shown one behind the other.");
        linked->take_file();
    }
    record.refused = status != 0;
    record.modules = modern_modules_of(session);
    for (auto& module : record.modules)
        module.is_subject = module.name == name;
    if (record.refused)
        record.verdict =
            fmt::format("{} is refused: {}", record.title, record.reasons.empty() ? "insmod ends with 1" : record.reasons.front());
    else
        record.verdict = fmt::format("{} is loaded: {} bytes at {:#x}", record.title, record.size, record.base);
    return record;
}

} // namespace retromod

// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/kernel_info.h"

#include <algorithm>
#include <fmt/format.h>

namespace retromod {
namespace {

// Buffer sizes that modutils begins with, bytes.
constexpr std::size_t first_names = 256;
constexpr std::size_t first_users = 64;
constexpr std::size_t first_module_symbols = 1024;
constexpr std::size_t first_kernel_symbols = 16 * 1024;

constexpr std::uint64_t module_deleted = 2; // MOD_DELETED: what modutils takes a module for that the kernel no longer finds

// No kernel answers with more; a larger demand would be a wrong one.
constexpr std::uint64_t largest_answer = std::uint64_t{1} << 30;

std::string_view text_at(std::span<const std::byte> answer, std::uint64_t offset)
{
    const std::string_view rest(reinterpret_cast<const char*>(answer.data()) + offset, answer.size() - offset);
    return rest.substr(0, rest.find('\0'));
}

enum class Asked { answered, vanished, failed };

/// Asks the questions about one module.
class ModuleQuery {
public:
    ModuleQuery(ModuleCalls& calls, const Arch& arch, ModuleStatus& module, Messages& messages)
        : calls_(calls), arch_(arch), module_(module), messages_(messages)
    {
    }

    /// struct module_info: {addr, size, flags, usecount}, a word each.
    Asked info()
    {
        const auto word = arch_.word_bytes;
        std::vector<std::byte> answer(4 * word);
        const auto got = calls_.query_module(module_.name, Query::info, answer);
        if (got.result.failed(arch_)) return refused(got.result, "QM_INFO");
        const auto field = [&](std::size_t index) {
            return load_unsigned(answer.data() + index * word, word, arch_.order);
        };
        module_.address = {field(0)};
        module_.size = field(1);
        module_.flags = field(2);
        module_.use_count = arch_.signed_word(field(3));
        return Asked::answered;
    }

    Asked users()
    {
        std::vector<std::byte> answer(first_users);
        const auto got = query_growing(calls_, arch_, module_.name, Query::refs, answer);
        if (got.result.failed(arch_)) {
            messages_.error(fmt::format("QM_REFS: {}", error_text(got.result, arch_)));
            return Asked::failed;
        }
        module_.users = strings_of(answer, got.ret);
        return Asked::answered;
    }

    Asked symbols()
    {
        module_.answer.resize(first_module_symbols);
        const auto got = query_growing(calls_, arch_, module_.name, Query::symbols, module_.answer);
        if (got.result.failed(arch_)) return refused(got.result, "QM_SYMBOLS");
        module_.symbols = symbols_of(module_.answer, got.ret, arch_);
        return Asked::answered;
    }

private:
    ModuleCalls& calls_;
    const Arch& arch_;
    ModuleStatus& module_;
    Messages& messages_;

    Asked refused(SyscallResult result, std::string_view question)
    {
        if (result.error(arch_) == Errno::enoent) return Asked::vanished;
        messages_.error(fmt::format("module {}: {}: {}", module_.name, question, error_text(result, arch_)));
        return Asked::failed;
    }
};

Asked ask_all(ModuleQuery query, InfoWanted wanted)
{
    auto asked = query.info();
    if (asked == Asked::answered && wanted.users) asked = query.users();
    if (asked == Asked::answered && wanted.symbols) asked = query.symbols();
    return asked;
}

} // namespace

ModuleCalls::QueryResult query_growing(ModuleCalls& calls, const Arch& arch, std::optional<std::string_view> name,
                                       Query which, std::vector<std::byte>& answer)
{
    for (;;) {
        auto got = calls.query_module(name, which, answer);
        if (got.result.error(arch) != Errno::enospc) return got;
        if (got.ret <= answer.size() || got.ret > largest_answer) return got;
        answer.resize(got.ret);
    }
}

std::vector<std::string> strings_of(std::span<const std::byte> answer, std::uint64_t count)
{
    std::vector<std::string> strings;
    std::uint64_t offset = 0;
    while (strings.size() < count && offset < answer.size()) {
        const auto text = text_at(answer, offset);
        strings.emplace_back(text);
        offset += text.size() + 1;
    }
    return strings;
}

std::vector<ExportedSymbol> symbols_of(std::span<const std::byte> answer, std::uint64_t count, const Arch& arch)
{
    const auto word = arch.word_bytes;
    count = std::min<std::uint64_t>(count, answer.size() / (2 * word));
    std::vector<ExportedSymbol> symbols;
    symbols.reserve(count);
    for (std::uint64_t index = 0; index < count; ++index) {
        const auto* entry = answer.data() + index * 2 * word;
        const auto name = load_unsigned(entry + word, word, arch.order);
        if (name < answer.size())
            symbols.push_back({.name = text_at(answer, name), .value = load_unsigned(entry, word, arch.order)});
    }
    return symbols;
}

std::optional<KernelInfo> get_kernel_info(ModuleCalls& calls, const Arch& arch, InfoWanted wanted, Messages& messages)
{
    KernelInfo info;
    std::vector<std::byte> names(first_names);
    const auto listed = query_growing(calls, arch, std::nullopt, Query::modules, names);
    if (listed.result.failed(arch)) {
        messages.error(fmt::format("QM_MODULES: {}\n", error_text(listed.result, arch)));
        return std::nullopt;
    }
    for (auto& name : strings_of(names, listed.ret)) {
        auto& module = info.modules.emplace_back();
        module.name = std::move(name);
        const auto asked = ask_all(ModuleQuery(calls, arch, module, messages), wanted);
        if (asked == Asked::failed) return std::nullopt;
        module.vanished = asked == Asked::vanished;
        if (module.vanished) module.flags = module_deleted;
    }
    if (!wanted.symbols) return info;
    info.answer.resize(first_kernel_symbols);
    const auto own = query_growing(calls, arch, std::nullopt, Query::symbols, info.answer);
    if (own.result.failed(arch)) {
        messages.error(fmt::format("kernel: QM_SYMBOLS: {}", error_text(own.result, arch)));
        return std::nullopt;
    }
    info.symbols = symbols_of(info.answer, own.ret, arch);
    return info;
}

} // namespace retromod

// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"

#include <fmt/format.h>
#include <map>
#include <vector>

namespace retromod::test {

/// A kernel that answers from lists and records what it is asked to do.
class FakeKernel : public ModuleCalls, public LoaderSystem {
public:
    struct Module {
        std::string name;
        std::uint64_t address = 0;
        std::uint64_t size = 0;
        std::uint64_t flags = 1;
        std::int64_t use_count = 0;
        std::vector<std::string> users{};
        std::vector<std::pair<std::string, std::uint64_t>> symbols{};
    };

    const Arch* machine = &i386();
    std::string uts_release = "2.4.20";
    std::string uts_version = "#1 Fri Nov 29 2002";
    std::vector<Module> modules; ///< newest first
    std::vector<std::pair<std::string, std::uint64_t>> symbols;
    Taint tainted{Taint::State::there, 0};
    GuestAddr base{0xc8800000};
    std::optional<Errno> create_error, init_error, query_error;
    std::map<std::string, Errno> delete_errors;

    std::vector<std::string> log; ///< the calls that change something: `create_module(foo, 352)`
    std::vector<std::byte> image;
    std::uint64_t bytes_answered = 0;

    const Arch& arch() const override { return *machine; }
    std::string release() const override { return uts_release; }
    std::string version() const override { return uts_version; }
    Taint taint() const override { return tainted; }
    void set_taint(unsigned value) override { tainted.value = value; }

    SyscallResult create_module(std::string_view name, std::uint64_t size) override
    {
        log.push_back(fmt::format("create_module({}, {})", name, size));
        return create_error ? failure(*create_error) : SyscallResult{base.value};
    }
    SyscallResult init_module(std::string_view name, std::span<const std::byte> bytes) override
    {
        log.push_back(fmt::format("init_module({})", name));
        image.assign(bytes.begin(), bytes.end());
        return init_error ? failure(*init_error) : SyscallResult::success();
    }
    SyscallResult delete_module(std::optional<std::string_view> name) override
    {
        log.push_back(fmt::format("delete_module({})", name.value_or("NULL")));
        const auto error = delete_errors.find(std::string(name.value_or("NULL")));
        return error == delete_errors.end() ? SyscallResult::success() : failure(error->second);
    }
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override
    {
        if (query_error) return {failure(*query_error)};
        if (which == Query::modules) {
            std::vector<std::string> names;
            for (const auto& module : modules) names.push_back(module.name);
            return answer_strings(names, buffer);
        }
        if (!name)
            return which == Query::symbols ? answer_symbols(symbols, buffer) : QueryResult{failure(Errno::einval)};
        const auto* module = find(*name);
        if (!module) return {failure(Errno::enoent)};
        if (which == Query::symbols) return answer_symbols(module->symbols, buffer);
        if (which == Query::refs) return answer_strings(module->users, buffer);
        std::vector<std::byte> info;
        for (const auto value :
             {module->address, module->size, module->flags, static_cast<std::uint64_t>(module->use_count)})
            append_word(info, value);
        return answer(info, info.size(), buffer);
    }
    SyscallResult get_kernel_syms(std::span<std::byte>) override { return failure(Errno::enosys); }

    std::uint32_t image_word(std::uint64_t offset) const
    {
        return load<std::uint32_t>(image.data() + offset, machine->order);
    }
    std::string image_text(std::uint64_t address) const
    {
        return reinterpret_cast<const char*>(image.data() + (address - base.value));
    }

private:
    SyscallResult failure(Errno error) const { return SyscallResult::failure(error, *machine); }

    const Module* find(std::string_view name)
    {
        for (const auto& module : modules)
            if (module.name == name) return &module;
        return nullptr;
    }
    void append_word(std::vector<std::byte>& bytes, std::uint64_t value) const
    {
        bytes.resize(bytes.size() + machine->word_bytes);
        store_unsigned(bytes.data() + bytes.size() - machine->word_bytes, machine->word_bytes, machine->order, value);
    }
    QueryResult answer(const std::vector<std::byte>& bytes, std::uint64_t ret, std::span<std::byte> buffer)
    {
        if (buffer.size() < bytes.size()) return {failure(Errno::enospc), bytes.size()};
        std::ranges::copy(bytes, buffer.begin());
        bytes_answered += bytes.size();
        return {SyscallResult::success(), ret};
    }
    QueryResult answer_strings(const std::vector<std::string>& strings, std::span<std::byte> buffer)
    {
        std::vector<std::byte> bytes;
        for (const auto& text : strings) append_text(bytes, text);
        return answer(bytes, strings.size(), buffer);
    }
    QueryResult answer_symbols(const std::vector<std::pair<std::string, std::uint64_t>>& list,
                               std::span<std::byte> buffer)
    {
        std::vector<std::byte> table, text;
        for (const auto& [name, value] : list) {
            append_word(table, value);
            append_word(table, list.size() * 2 * machine->word_bytes + text.size());
            append_text(text, name);
        }
        table.insert(table.end(), text.begin(), text.end());
        return answer(table, list.size(), buffer);
    }
    static void append_text(std::vector<std::byte>& bytes, std::string_view text)
    {
        for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
        bytes.push_back(std::byte{0});
    }
};

/// What a tool wrote.
struct Captured {
    std::string out, err;
    TextSinks sinks()
    {
        return {.out = [this](std::string_view text) { out += text; },
                .err = [this](std::string_view text) { err += text; }};
    }
};

} // namespace retromod::test

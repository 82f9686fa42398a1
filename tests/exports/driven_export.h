// SPDX-License-Identifier: GPL-2.0-or-later
// Kernel functions called with arguments that no module gives them, each call in a jailed child. Whatever the arguments are, the
// call ends in the guest: with a value, an oops, a fault or the end of its budget; never with a failure of this program.
#pragma once

#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "loader/api/session.h"

#include <fmt/format.h>

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace retromod::test {

using Arguments = std::array<std::uint64_t, 5>;

/// What may stand as an argument: numbers, and places made for it.
enum class Given { zero, small, ones, huge, buffer, structure, text, wild, user, code };
constexpr std::array every_given = {Given::zero,      Given::small, Given::ones, Given::huge, Given::buffer,
                                    Given::structure, Given::text,  Given::wild, Given::user, Given::code};

class ExportDriver {
public:
    ExportDriver(std::string_view release, std::string_view arch)
        : session_(Session::in_memory({.arch = find_arch(arch), .release = find_release(release), .memory_bytes = 32 << 20})),
          where_(fmt::format("{} {}", release, arch))
    {
        auto* memory = ::mmap(nullptr, sizeof(Said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        said_ = new (memory) Said{};
        make_places();
    }
    ~ExportDriver() { ::munmap(said_, sizeof(Said)); }
    ExportDriver(const ExportDriver&) = delete;
    ExportDriver& operator=(const ExportDriver&) = delete;

    /// The functions that this machine offers, by name.
    std::vector<std::string> names()
    {
        auto& kernel = session_.kernel();
        std::set<std::string> names;
        for (const auto family : kernel.exports().functions)
            for (const auto& row : family)
                if (kernel.symbols().offers(row)) names.emplace(row.name);
        return {names.begin(), names.end()};
    }

    /// Calls `name` with each of these arguments, on a machine that nothing was done to but the calls before. What was wrong;
    /// empty: nothing was.
    std::string drive(const std::string& name, const std::vector<std::array<Given, 5>>& all)
    {
        *said_ = {};
        const auto result = session_.run_jailed(
            [&](Session& jailed) {
                for (const auto& given : all) {
                    ++said_->begun;
                    if (!call(jailed, name, given)) break;
                }
                return 0;
            },
            {.memory_bytes = 256 << 20, .cpu_seconds = 10});
        const auto fault = said_->text[0] ? std::string(said_->text) : result.died ? result.reason : "";
        if (fault.empty()) return "";
        return fmt::format("{}: {}({}): {}", where_, name, arguments_text(all[said_->begun - 1]), fault);
    }

private:
    struct Said {
        unsigned begun = 0;
        char text[256] = {};
    };

    void make_places()
    {
        constexpr unsigned bytes = 4096;
        auto& kernel = session_.kernel();
        auto& memory = kernel.memory();
        const auto place = [&] { return kernel.heap().allocate(bytes); };
        const auto buffer = place(), structure = place(), text = place();
        memory.fill(buffer, bytes, std::byte{0});
        for (unsigned at = 0; at < bytes; at += kernel.arch().word_bytes) memory.store_word(structure + at, buffer.value);
        memory.fill(text, bytes - 1, std::byte{'a'});
        memory.fill(text + (bytes - 1), 1, std::byte{0});
        const auto ones = kernel.arch().word_bytes == 8 ? ~std::uint64_t{0} : 0xffffffffu;
        values_ = {0, 3, ones, 0x7fffffff, buffer.value, structure.value, text.value, 0xdead0008, 0x1000,
                   kernel.symbols().address("printk").value().value};
    }

    /// False: the engine met code that it cannot execute, where a number was called as a function, and says so; it is used up.
    bool call(Session& jailed, const std::string& name, const std::array<Given, 5>& given)
    {
        auto& kernel = jailed.kernel();
        SystemCall call{"call_function", {kernel.symbols().address(name).value().value}, 6};
        std::ranges::transform(given, call.arguments.begin() + 1,
                               [&](Given kind) { return values_[static_cast<std::size_t>(kind)]; });
        try {
            kernel.scheduler().call(call, {}, {.blocks = 20'000});
            return true;
        } catch (const std::exception& failure) {
            if (std::string_view(failure.what()).starts_with("the CPU engine cannot execute the code at ")) return false;
            fmt::format_to_n(said_->text, sizeof said_->text - 1, "{}", *failure.what() ? failure.what() : "an exception");
            throw;
        }
    }

    static std::string arguments_text(const std::array<Given, 5>& given)
    {
        constexpr std::string_view words[] = {"0", "3", "-1", "2147483647", "buffer", "structure", "text", "wild", "user", "code"};
        std::string text;
        for (const auto kind : given) text += fmt::format("{}{}", text.empty() ? "" : ", ", words[static_cast<std::size_t>(kind)]);
        return text;
    }

    Session session_;
    std::string where_;
    Said* said_ = nullptr;
    std::array<std::uint64_t, every_given.size()> values_{};
};

} // namespace retromod::test

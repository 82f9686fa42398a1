// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "loader/api/guest_file.h"
#include "loader/api/session.h"
#include "loader/legacy/insmod.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace retromod {

/// A machine in memory whose kernel functions a test calls as a module would.
class Guest {
public:
    explicit Guest(const char* release = "2.4.20", const char* arch = "i386")
        : session_(Session::in_memory(
              {.arch = find_arch(arch), .release = find_release(release), .memory_bytes = 32 << 20}))
    {
    }

    Kernel& kernel() { return session_.kernel(); }
    AddressSpace& memory() { return kernel().memory(); }
    KernelCalls& calls() { return session_.calls(); }

    /// A function that takes the C convention, with at most five arguments. Its result word, signed.
    std::int64_t call(std::string_view name, std::initializer_list<std::uint64_t> arguments = {})
    {
        const std::vector<std::uint64_t> words(arguments);
        last_ = kernel().scheduler().call_export(name, words);
        return kernel().arch().signed_word(last_.result.word);
    }
    const Outcome& outcome() const { return last_; }

    /// A function that takes its arguments in eax, edx, ecx: called by a few bytes of code.
    std::int64_t fastcall(std::string_view name, std::uint32_t eax, std::uint32_t edx = 0, std::uint32_t ecx = 0)
    {
        return run_code(fastcall_code(name, eax, edx, ecx));
    }
    GuestAddr fastcall_code(std::string_view name, std::uint32_t eax, std::uint32_t edx = 0, std::uint32_t ecx = 0)
    {
        const auto entry = static_cast<std::uint32_t>(kernel().symbols().address(name).value().value);
        const auto code = buffer(32);
        put(code, 0xb8, eax);
        put(code + 5, 0xba, edx);
        put(code + 10, 0xb9, ecx);
        put(code + 15, 0xe9, entry - static_cast<std::uint32_t>(code.value) - 20); // jmp: the function returns to our caller
        return code;
    }
    std::int64_t run_code(GuestAddr code)
    {
        last_ = kernel().scheduler().call({"call_function", {code.value}, 6});
        return kernel().arch().signed_word(last_.result.word);
    }

    GuestAddr buffer(std::uint64_t bytes) { return kernel().heap().allocate(bytes); }
    std::uint32_t text(std::string_view content)
    {
        const auto at = buffer(content.size() + 1);
        store_string(kernel(), at, content);
        return static_cast<std::uint32_t>(at.value);
    }
    std::string load_text(GuestAddr at) { return memory().load_string(at); }
    GuestStruct make(std::string_view type) { return {kernel(), type, new_struct(kernel(), type)}; }

    std::string file(std::string_view path) { return read_guest_file(kernel(), path).text; }
    std::string log() { return kernel().log().text(); }

    /// insmod of one of our sample modules: "chrdev". What insmod said, empty when it loaded.
    std::string load_sample(const std::string& name, std::vector<std::string> arguments = {})
    {
        std::string said;
        const auto sink = [&](std::string_view text) { said += text; };
        InsmodOptions options;
        options.file = "images/built/i386/" + name + ".o";
        options.arguments = std::move(arguments);
        const auto result = insmod(options, session_.calls(), session_.system(), {sink, sink});
        return result.exit_status ? "insmod failed: " + said : "";
    }
    bool unload(std::string_view name) { return !calls().delete_module(name).failed(kernel().arch()); }

private:
    void put(GuestAddr at, std::uint8_t opcode, std::uint32_t operand)
    {
        memory().store<std::uint8_t>(at, opcode);
        memory().store<std::uint32_t>(at + 1, operand);
    }

    Session session_;
    Outcome last_;
};

} // namespace retromod

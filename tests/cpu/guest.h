// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/machine/machine.h"
#include "emu/memory/buffered_user_memory.h"

#include <functional>
#include <initializer_list>
#include <memory>
#include <vector>

namespace retromod {

/// A machine with kernel entries, one area of module code and an engine: what a test of guest code needs.
struct Guest : HypercallHandler {
    static constexpr std::uint64_t enough = 100000; ///< blocks

    explicit Guest(std::string_view arch_name = "i386", std::string_view release = "2.4.20",
                   EngineKind kind = EngineKind::unicorn)
        : machine((prefer_engine(kind), // before there is memory for one
                   MachineOptions{.arch = find_arch(arch_name), .release = find_release(release), .memory_bytes = 32 << 20})),
          cpu(find_cpu(machine.arch())), memory(machine.memory()), user(machine.arch())
    {
        memory.set_user_memory(&user);
        entries = {memory.allocate_text(4096), 4096};
        const auto text =
            const_cast<std::byte*>(memory.bytes(entries.start, Access::read).data()); // as the kernel's boot does
        for (std::uint64_t at = 0; at + cpu->entry_bytes <= entries.bytes; at += cpu->entry_bytes)
            std::copy(cpu->entry_code.begin(), cpu->entry_code.end(), text + at);
        stack_top = *memory.allocate_frames(1) + 8192;
        code = *memory.vmalloc(8192);
        engine = make_engine(*cpu, memory);
        engine->set_hypercalls(entries, this);
    }

    GuestAddr entry(unsigned number) const { return entries.start + number * cpu->entry_bytes; }
    static constexpr unsigned return_entry = 0;

    GuestAddr put(GuestAddr at, const std::vector<int>& bytes)
    {
        std::vector<std::byte> content;
        for (const int byte : bytes)
            content.push_back(static_cast<std::byte>(byte));
        memory.write_all(at, content);
        return at;
    }
    GuestAddr put_words(GuestAddr at, std::initializer_list<std::uint32_t> words)
    {
        for (auto place = at; const auto word : words) {
            memory.store<std::uint32_t>(place, word);
            place += 4;
        }
        return at;
    }

    /// Sets up a call of `function` that returns to entry 0.
    void begin(GuestAddr function, std::initializer_list<std::uint64_t> arguments = {})
    {
        auto context = cpu->initial(stack_top, {});
        cpu->begin_call(context, memory, function, std::vector<std::uint64_t>(arguments), entry(return_entry));
        engine->restore(context);
    }
    /// Calls it and runs until it returns, or something else happens.
    Stop call(GuestAddr function, std::initializer_list<std::uint64_t> arguments = {}, std::uint64_t blocks = enough)
    {
        begin(function, arguments);
        return engine->run(blocks);
    }
    std::uint64_t result() const { return engine->reg(cpu->result); }
    bool returned(const Stop& stop) const { return stop.kind == StopKind::hypercall && stop.pc == entry(return_entry); }

    Next on_hypercall(GuestAddr at) noexcept override
    {
        ++hypercalls;
        if (at == entry(return_entry) || !serve) return Next::stop;
        return serve(static_cast<unsigned>((at - entries.start) / cpu->entry_bytes));
    }

    Machine machine;
    const Cpu* cpu;
    AddressSpace& memory;
    BufferedUserMemory user;
    GuestRange entries;
    GuestAddr stack_top, code;
    std::unique_ptr<Engine> engine;
    std::function<Next(unsigned entry)> serve;
    unsigned hypercalls = 0;
};

} // namespace retromod

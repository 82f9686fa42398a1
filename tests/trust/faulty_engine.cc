// SPDX-License-Identifier: GPL-2.0-or-later
// Stands for make_engine in a program that is retromod otherwise: an engine that breaks when it first runs, in the way that
// $ENGINE_FAULT names.
#include "emu/cpu/engine.h"

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace retromod {
namespace {

void loop()
{
    for (volatile bool on = true; on;) {}
}

void take_memory()
{
    std::vector<std::vector<char>> taken;
    while (true) taken.emplace_back(1 << 20, 'x');
}

class FaultyEngine final : public Engine {
public:
    Stop run(std::uint64_t) override
    {
        const std::string_view fault = std::getenv("ENGINE_FAULT");
        if (fault == "abort") std::abort();
        if (fault == "crash") std::raise(SIGSEGV);
        if (fault == "loop") loop();
        if (fault == "memory") take_memory();
        std::exit(77);
    }
    std::uint64_t reg(unsigned number) const override { return context_.reg.at(number); }
    void set_reg(unsigned number, std::uint64_t value) override { context_.reg.at(number) = value; }
    CpuContext save() const override { return context_; }
    void restore(const CpuContext& context) override { context_ = context; }
    void interrupt() noexcept override {}
    std::uint64_t blocks_executed() const override { return 0; }
    void set_hypercalls(GuestRange, HypercallHandler*) override {}
    void add_precise(GuestAddr) override {}
    void remove_precise(GuestRange) override {}
    void set_io_bus(IoBus*) override {}
    std::vector<GuestRange> take_touched() override { return {}; }

private:
    CpuContext context_;
};

} // namespace

std::unique_ptr<Engine> make_engine(const Cpu&, AddressSpace&) { return std::make_unique<FaultyEngine>(); }

} // namespace retromod

// SPDX-License-Identifier: GPL-2.0-or-later
// The one virtual CPU and its engine.
#include "emu/kernel/processor.h"

#include <fmt/format.h>

#include <stdexcept>

namespace retromod {

Engine& Processor::engine()
{
    if (engine_) return *engine_;
    engine_ = make_engine(cpu_, machine_.memory());
    if (!engine_) throw std::runtime_error(fmt::format("there is no CPU engine for {}", machine_.arch().name));
    if (watcher_) {
        auto* const watched = dynamic_cast<WatchedEngine*>(engine_.get());
        if (!watched) throw std::runtime_error("this CPU engine cannot be watched");
        watched->set_watcher(*watcher_);
    }
    engine_->set_hypercalls({{state_->entries}, EntryRow::table_capacity * std::uint64_t{cpu_.entry_bytes}}, handler_);
    engine_->set_io_bus(io_bus_);
    machine_.memory().take_changed();
    if (made_) made_();
    if (const auto hook = std::exchange(before_guest_, nullptr)) hook();
    return *engine_;
}

void Processor::set_ports(std::unique_ptr<IoBus> ports)
{
    ports_ = std::move(ports);
    io_bus_ = ports_.get();
}

void Processor::set_io_bus(IoBus* bus)
{
    io_bus_ = bus;
    if (engine_) engine_->set_io_bus(bus);
}

Stop Processor::run(std::uint64_t blocks)
{
    run_began_ = engine().blocks_executed();
    const auto stop = engine_->run(blocks);
    run_began_.reset();
    return stop;
}

void Processor::drop()
{
    engine_.reset();
    run_began_.reset();
}

} // namespace retromod

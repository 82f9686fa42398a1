// SPDX-License-Identifier: GPL-2.0-or-later
// What gdb asks of a guest that stands still, and what it tells it to do.
#pragma once

#include "emu/kernel/kernel.h"
#include "loader/gdb/monitor.h"
#include "loader/gdb/packet_channel.h"
#include "loader/gdb/register_set.h"

#include <functional>
#include <string>
#include <vector>

namespace retromod {

/// What is to become of a guest that stood still.
enum class GdbResume : std::uint8_t {
    go_on,
    step,          ///< up to the next instruction or kernel call
    back,          ///< to the last moment at which it would have stopped
    step_back,
    detach,        ///< it runs to its end, watched by nobody
    kill,          ///< nothing is to be kept of what it did
};

/// Answers the packets of gdb's remote protocol. Source: gdb manual, appendix E.
class GdbServer {
public:
    /// Before `serve`, the guest may be missing: then everything about it is an error.
    GdbServer(SharedState& shared, PacketChannel& channel) : shared_(shared), channel_(channel) {}

    /// A guest with an engine that stands still at `moment`.
    void show(Kernel& kernel, const GdbMonitor& monitor, std::uint64_t moment);

    /// Says why the guest stands still, if the debugger waits for that, and answers until it is to go on.
    GdbResume serve(const GdbStop& stop);
    /// Says how the command ended, once the debugger waits for that.
    void serve_end(int status);

private:
    using Answer = std::string;
    struct Row;
    static const Row rows[];

    Answer answer(std::string_view packet);
    void console(std::string_view text);

    Answer supported(std::string_view);
    Answer no_acks(std::string_view);
    Answer describe_target(std::string_view range);
    Answer why_stopped(std::string_view);
    Answer read_all_registers(std::string_view);
    Answer write_all_registers(std::string_view digits);
    Answer read_one_register(std::string_view number);
    Answer write_one_register(std::string_view assignment);
    Answer read_memory(std::string_view range);
    Answer write_memory(std::string_view range_and_digits);
    Answer write_binary(std::string_view range_and_bytes);
    Answer insert_point(std::string_view point);
    Answer remove_point(std::string_view point);
    Answer run_monitor(std::string_view digits);
    Answer continue_(std::string_view);
    Answer step(std::string_view);
    Answer act(std::string_view action);
    Answer go_back(std::string_view);
    Answer step_back(std::string_view);
    Answer detach(std::string_view);
    Answer kill(std::string_view);
    Answer kill_process(std::string_view);
    Answer fine(std::string_view);
    Answer thread(std::string_view);
    Answer threads(std::string_view);
    Answer no_more_threads(std::string_view);
    Answer attached(std::string_view);
    Answer actions(std::string_view);

    Answer resume(GdbResume how);
    Answer store(GuestAddr address, std::span<const std::byte> bytes);
    Answer set_register(const GdbRegister& row, std::span<const std::byte> bytes);
    bool note_edit(std::uint64_t place, bool is_register, std::span<const std::byte> bytes);
    void forget_future();

    SharedState& shared_;
    PacketChannel& channel_;
    Kernel* kernel_ = nullptr;
    const GdbMonitor* monitor_ = nullptr;
    std::optional<GdbRegisterSet> set_;
    std::vector<GdbRegister> registers_;
    std::uint64_t moment_ = 0;
    std::string stop_reply_; ///< why the guest stands still, or how the command ended
    std::optional<GdbResume> resume_;
};

} // namespace retromod
